import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import type { RotationRow } from '../../host/contract.gen';
import { HOST } from '../../host/host';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { rotations as words } from '../../words/rotations';
import { hostWith } from '../test-host';
import Room from './Room.svelte';
import { RotationsRoom } from './room.svelte';
import { rotationRow } from './test-rows';

function show(rows: RotationRow[]) {
  const navigation = new Navigation();
  navigation.here = { room: 'rotations' };
  const refresh = vi.fn(async () => undefined);
  const room = new RotationsRoom({ answer: { rotations: rows }, error: null, busy: false, refresh });
  const context = new Map<symbol, unknown>([[HOST, hostWith({})], [NAVIGATION, navigation]]);
  const { container } = render(Room, { props: { room, now: Date.parse('2026-12-02T00:00:00Z'), markOf: () => 'production' as const }, context });
  return { navigation, room, refresh, container };
}

const rowOf = (name: string) => screen.getByText(name).closest<HTMLElement>('[role="row"]')!;
const ROWS = [
  rotationRow({ id: '1', name: 'ledger', failed: 1, due: '2026-12-01T00:00:00Z' }),
  rotationRow({ id: '2', name: 'gateway', consumers: 0, updated: 0 }),
  rotationRow({ id: '3', name: 'done-one', phase: 'done', over: true, waitsFor: '' }),
];

describe('the rotations', () => {
  it('say how each stands', async () => {
    const { container } = show(ROWS);
    const text = rowOf('ledger').textContent!;
    expect(text).toContain(words.phases['distribute']);
    expect(text).toContain('1 of 2');
    expect(text).toContain('1 failed');
    expect(text).toContain(words.overdue);
    expect(rowOf('gateway').textContent).toContain('none');
    expect(screen.getByTestId('rotation-count').textContent).toBe('3 rotations');
    // jsdom paints nothing: what needs a canvas is checked in the real window.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map((one) => one.id)).toEqual([]);
  });

  it('are walked through by the arrows, and opened by Enter or a click', async () => {
    const { navigation } = show(ROWS);
    expect(screen.getAllByRole('row').filter((one) => one.tabIndex === 0)).toEqual([rowOf('ledger')]);
    rowOf('ledger').focus();
    await fireEvent.keyDown(rowOf('ledger'), { key: 'ArrowDown' });
    await tick();
    expect(document.activeElement).toBe(rowOf('gateway'));
    await fireEvent.keyDown(rowOf('gateway'), { key: 'Enter' });
    expect(navigation.here).toEqual({ room: 'rotation', rotation: '2' });
    await fireEvent.click(rowOf('done-one'));
    expect(navigation.here).toEqual({ room: 'rotation', rotation: '3' });
  });

  it('are filtered by what is typed; the arrow down leads to them, Escape clears', async () => {
    show(ROWS);
    const box = screen.getByRole('searchbox');
    await fireEvent.input(box, { target: { value: 'gatew' } });
    expect(screen.getByTestId('rotation-count').textContent).toBe('1 of 3 rotations');
    await fireEvent.keyDown(box, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(rowOf('gateway'));
    await fireEvent.input(box, { target: { value: 'nowhere' } });
    expect(screen.getByText(words.empty.filtered(3))).toBeTruthy();
    await fireEvent.keyDown(box, { key: 'Escape' });
    expect(within(screen.getByRole('grid')).getAllByRole('row')).toHaveLength(4);
  });

  it('say how one is begun while there is none', async () => {
    const { navigation, refresh } = show([]);
    expect(screen.getByText(words.empty.nothingText).textContent).toContain('press R');
    await fireEvent.click(screen.getByRole('button', { name: words.empty.inventory }));
    expect(navigation.here.room).toBe('inventory');
    navigation.refresh?.();
    expect(refresh).toHaveBeenCalled();
  });
});
