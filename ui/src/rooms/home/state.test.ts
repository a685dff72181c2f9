import { describe, expect, it, vi } from 'vitest';
import type { InventoryEvent, ItemRow, RotationRow } from '../../host/contract.gen';
import { InventoryRoom } from '../inventory/room.svelte';
import { rotationRow } from '../rotations/test-rows';
import { hostWith, itemOf } from '../test-host';
import { HomeRoom } from './room.svelte';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const days = (count: number) => new Date(NOW + count * 86_400_000).toISOString();
const row = (name: string, parts: Partial<ItemRow> = {}): ItemRow => ({ ...itemOf().row, name, ref: `home/cellar/${name}`, ...parts });

async function homeOf(rows: ItemRow[], rotations: RotationRow[] | null = []) {
  const watch = (_: unknown, __: unknown, send: (event: InventoryEvent) => void) => {
    send({ event: 'rows', rows });
    return { done: Promise.resolve(), cancel: () => undefined };
  };
  const inventory = new InventoryRoom(Object.assign(hostWith({}), { watch }) as never);
  inventory.now = NOW;
  await inventory.listing.start();
  const refresh = vi.fn(async () => undefined);
  const home = new HomeRoom(inventory, { answer: rotations && { rotations }, error: null, busy: false, refresh }, { answer: { destructions: [] }, error: null, refresh }, 'UTC');
  return { home, inventory, refresh };
}

const names = (entries: readonly { row: ItemRow }[] | null) => entries?.map((entry) => entry.row.name);

describe('what ends soon', () => {
  it('is what ends within 90 days or has ended, the longest over first', async () => {
    const { home } = await homeOf([row('later', { expires: days(91) }), row('in 89', { expires: days(89) }), row('over', { expires: days(-400) }), row('today', { expires: days(0) }), row('never')]);
    expect(names(home.expiring)).toEqual(['over', 'today', 'in 89']);
  });

  it('is shown in full by the inventory with the very same items', async () => {
    const { home, inventory } = await homeOf([row('a', { expires: days(89.99) }), row('b', { expires: days(90) }), row('c', { expires: days(-1) })]);
    inventory.look({ connection: 'elsewhere', vault: null });
    home.showAll('expiring');
    expect(inventory.scope).toBeNull();
    expect(names(inventory.shown)).toEqual(names(home.expiring));
  });
});

describe('what was never rotated with Claviger', () => {
  const keys = [
    row('young', { created: days(-1) }),
    row('old', { created: days(-900) }),
    row('ageless', { created: null }),
    row('turned', { created: days(-2000) }),
    row('going', { created: days(-3000), state: 'pending-deletion' }),
    row('gone', { created: days(-3000), state: 'destroyed' }),
    row('secret', { created: days(-4000), facets: ['secret'] }),
  ];

  it('is every key that no finished rotation names, oldest first', async () => {
    const { home } = await homeOf(keys, [
      rotationRow({ id: '1', reference: 'home/cellar/turned', phase: 'done', over: true }),
      // One that was taken back, and one that is under way, rotated nothing.
      rotationRow({ id: '2', reference: 'home/cellar/old', phase: 'rolled-back', over: true }),
      rotationRow({ id: '3', reference: 'home/cellar/young' }),
    ]);
    expect(names(home.never)).toEqual(['old', 'young', 'ageless']);
    expect([home.isTurning('home/cellar/young'), home.isTurning('home/cellar/old')]).toEqual([true, false]);
  });

  it('is not guessed while the rotations are not known', async () => {
    const { home } = await homeOf(keys, null);
    expect(home.never).toBeNull();
  });

  it('leads to all keys with the oldest first', async () => {
    const { home, inventory } = await homeOf(keys);
    home.showAll('keys');
    expect(names(inventory.shown)?.at(-1)).toBe('ageless');
    expect(inventory.shown.some((entry) => entry.row.name === 'secret')).toBe(false);
    expect(names(inventory.shown)?.slice(0, 2).sort()).toEqual(['going', 'gone']);
  });
});

describe('home', () => {
  it('lists what is to be deleted by name, and only rotations that are not over', async () => {
    const { home } = await homeOf([row('key 10', { state: 'pending-deletion' }), row('key 9', { state: 'pending-deletion' }), row('alive')], [rotationRow({ id: '1', over: true }), rotationRow({ id: '2' })]);
    expect(names(home.deleting)).toEqual(['key 9', 'key 10']);
    expect(home.underWay.map((line) => line.row.id)).toEqual(['2']);
  });

  it('counts in its charts what its lists and the inventory hold', async () => {
    const { home } = await homeOf([row('a', { expires: days(-1), created: days(-10) }), row('b', { expires: days(10), created: null }), row('c', { facets: ['secret'], expires: days(4000) })]);
    expect(home.timeline.bars[0]?.count).toBe(1);
    expect([home.timeline.later, home.timeline.never]).toEqual([1, 0]);
    expect(home.ages.reduce((sum, bar) => sum + bar.count, 0)).toBe(2);
  });

  it('lists and reads afresh together', async () => {
    const { home, inventory, refresh } = await homeOf([]);
    const start = vi.spyOn(inventory.listing, 'start');
    await home.refresh();
    expect([start.mock.calls.length, refresh.mock.calls.length], 'the rotations and the destructions').toEqual([1, 2]);
    expect(inventory.now).toBeGreaterThan(NOW - 1);
  });
});
