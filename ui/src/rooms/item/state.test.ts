import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ItemWire } from '../../host/contract.gen';
import { hostWith, itemOf, pending, wireError } from '../test-host';
import { ItemRoom } from './state.svelte';

describe('the item room', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows a skeleton only after 150 ms, and says what it waits for after 2 s', async () => {
    const answer = pending<ItemWire>();
    const room = new ItemRoom(hostWith({ open_item: () => answer.promise }));
    const opening = room.open('a');
    vi.advanceTimersByTime(149);
    expect(room.waiting).toBe('quick');
    vi.advanceTimersByTime(1);
    expect(room.waiting).toBe('skeleton');
    vi.advanceTimersByTime(1850);
    expect(room.waiting).toBe('slow');
    answer.resolve(itemOf());
    await opening;
    expect(room.waiting).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not let a slow item take the place of the one opened after it', async () => {
    const slow = pending<ItemWire>();
    const quick = itemOf({ vaultName: 'quick' });
    const room = new ItemRoom(hostWith({ open_item: ({ reference }) => (reference === 'slow' ? slow.promise : quick) }));
    const first = room.open('slow');
    await room.open('quick');
    slow.resolve(itemOf({ vaultName: 'slow' }));
    await first;
    expect(room.item?.vaultName).toBe('quick');
  });

  it('keeps the last reading when reading afresh fails', async () => {
    const answers = [Promise.resolve(itemOf()), Promise.reject(wireError({ message: 'gone' }))];
    const room = new ItemRoom(hostWith({ open_item: () => answers.shift() ?? itemOf() }));
    await room.open('a');
    await room.refresh();
    expect(room.item).not.toBeNull();
    expect(room.error?.message).toBe('gone');
  });

  it('goes back to the overview when the facet in front was closed meanwhile', async () => {
    const open = itemOf();
    open.facets = open.facets.map((facet) => ({ ...facet, access: { is: 'open' } as const }));
    const answers = [open, itemOf()];
    const room = new ItemRoom(hostWith({ open_item: () => answers.shift() ?? itemOf() }));
    await room.open('a');
    room.tab = 'secret';
    await room.refresh();
    expect(room.tab).toBe('overview');
  });
});
