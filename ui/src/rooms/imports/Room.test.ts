import { fireEvent, render, screen, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { ImportRow } from '../../host/contract.gen';
import { HOST } from '../../host/host';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { imports as words } from '../../words/imports';
import { hostWith } from '../test-host';
import { linesOf, running } from './lines';
import Room from './Room.svelte';
import { ImportsRoom } from './room.svelte';
import { importRow } from './test-rows';

function show(rows: ImportRow[]) {
  const navigation = new Navigation();
  navigation.here = { room: 'imports' };
  const refresh = vi.fn(async () => undefined);
  const onbegin = vi.fn();
  const room = new ImportsRoom({ answer: { imports: rows }, error: null, busy: false, refresh });
  const context = new Map<symbol, unknown>([[HOST, hostWith({})], [NAVIGATION, navigation]]);
  const { container } = render(Room, { props: { room, now: Date.parse('2026-12-02T00:00:00Z'), markOf: () => 'production' as const, onbegin }, context });
  return { navigation, room, refresh, onbegin, container };
}

const rowOf = (title: string) => screen.getByText(title).closest<HTMLElement>('[role="row"]')!;
const ROWS = [
  importRow({ id: '3', title: 'EC P-256 to Attic', vault: 'Attic', phase: 'done', over: true, waitsFor: '', expires: '2027-11-20T10:00:00Z' }),
  importRow({ id: '1', title: 'AES-256 to Cellar', source: 'lab/chest/orders' }),
  importRow({ id: '2', title: '', source: '', vault: '', connection: '', phase: 'target', begun: '2026-11-21T10:00:00Z' }),
];

describe('the imports', () => {
  it('say where each key comes from and goes to, what it waits for and when it ends', async () => {
    const { container } = show(ROWS);
    const text = rowOf('AES-256 to Cellar').textContent!;
    for (const part of ['lab/chest/orders', words.through('home', 'Cellar'), words.phases['wrap'], 'Fetch it first.', '20 Nov 2026']) expect(text).toContain(part);
    expect(rowOf('EC P-256 to Attic').textContent).toContain('20 Nov 2027');
    expect(rowOf(words.untitled).textContent).toContain(words.phases['target']);
    expect(screen.getByTestId('import-count').textContent).toBe('3 imports');
    // jsdom paints nothing: what needs a canvas is checked in the real window.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map((one) => one.id)).toEqual([]);
  }, 20_000);

  it('stand in the order in which they were begun, those that are over last', () => {
    expect(linesOf(ROWS).map(({ row }) => row.id)).toEqual(['1', '2', '3']);
    expect(running(ROWS)).toBe(2);
  });

  it('are walked through by the arrows, and opened by Enter or a click', async () => {
    const { navigation } = show(ROWS);
    rowOf('AES-256 to Cellar').focus();
    await fireEvent.keyDown(rowOf('AES-256 to Cellar'), { key: 'ArrowDown' });
    await tick();
    expect(document.activeElement).toBe(rowOf(words.untitled));
    await fireEvent.keyDown(rowOf(words.untitled), { key: 'Enter' });
    expect(navigation.here).toEqual({ room: 'import', import: '2', into: null });
    await fireEvent.click(rowOf('EC P-256 to Attic'));
    expect(navigation.here).toEqual({ room: 'import', import: '3', into: null });
  });

  it('are filtered by what is typed, and begun by a button', async () => {
    const { onbegin } = show(ROWS);
    await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'attic done' } });
    expect(within(screen.getByRole('grid')).getAllByRole('row')).toHaveLength(2);
    await fireEvent.click(screen.getByTestId('bring'));
    expect(onbegin).toHaveBeenCalledOnce();
  });

  it('say how one is begun while there is none', async () => {
    const { onbegin, navigation, refresh } = show([]);
    expect(screen.getByText(words.list.empty.nothingText)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: words.begin }));
    expect(onbegin).toHaveBeenCalledOnce();
    navigation.refresh?.();
    expect(refresh).toHaveBeenCalled();
  });
});
