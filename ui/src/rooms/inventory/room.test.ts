import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InventoryEvent, VaultRow } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import { refused } from '../../host/fake/world';
import type { Answer, Host, Request, Watching, WatchName } from '../../host/host';
import { InventoryRoom } from './room.svelte';

/** A host whose watch sends what the test says, when it says. */
class ScriptedHost extends FakeHost implements Host {
  watches: { request: Request<'watch_inventory'>; send: (event: InventoryEvent) => void; end: () => void; cancelled: boolean }[] = [];
  override watch<C extends WatchName>(_: C, request: Request<C>, onEvent: (event: Answer<C>) => void): Watching {
    let end = () => {};
    const done = new Promise<void>((resolve) => (end = resolve));
    const send = onEvent as (event: InventoryEvent) => void;
    const watch = { request: request as Request<'watch_inventory'>, send, end, cancelled: false };
    this.watches.push(watch);
    return { done, cancel: () => void (watch.cancelled = true) };
  }
}

async function connected(host: Host): Promise<InventoryRoom> {
  const room = new InventoryRoom(host);
  room.connected((await host.ask('list_connections', {})).connections);
  return room;
}

const vault = (state: VaultRow['state'], parts: Partial<VaultRow> = {}): InventoryEvent => ({
  event: 'vault',
  vault: { connection: 'practice', id: 'keystore', name: 'practice', kind: 'keystore', count: 0, state, ...parts },
});

describe('the inventory', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows rows as they arrive, sorted by name in a natural order', async () => {
    const room = await connected(new FakeHost({ rows: 12 }));
    await vi.runAllTimersAsync();
    const names = room.shown.map(({ row }) => row.name);
    expect(names).toHaveLength(12);
    expect(names.indexOf('orders-transit')).toBeLessThan(names.indexOf('payments-sign'));
    expect(room.listing.progress).toEqual({ done: 7, of: 7 });
    expect(room.listing.running).toBe(false);
  });

  it('replaces a row of the same reference, and drops what is gone', async () => {
    const host = new ScriptedHost();
    const room = await connected(host);
    const [row] = (await import('../../host/fake/rows')).dozen();
    const send = host.watches[0]!.send;
    send({ event: 'rows', rows: [row!] });
    send({ event: 'rows', rows: [{ ...row!, state: 'disabled' }] });
    await vi.runAllTimersAsync();
    expect(room.shown.map((entry) => entry.row.state)).toEqual(['disabled']);
    send({ event: 'gone', references: [row!.ref] });
    await vi.runAllTimersAsync();
    expect(room.shown).toEqual([]);
  });

  it('listens no more to a watch that a newer one took the place of', async () => {
    const host = new ScriptedHost();
    const room = await connected(host);
    void room.listing.start();
    expect(host.watches[0]!.cancelled).toBe(true);
    host.watches[0]!.send(vault({ is: 'listing' }));
    await vi.runAllTimersAsync();
    expect(room.listing.vaults).toEqual([]);
    host.watches[0]!.end();
    await vi.runAllTimersAsync();
    expect(room.listing.running).toBe(true);
  });

  it('tells the reasons for an empty list apart', async () => {
    const host = new ScriptedHost();
    const room = new InventoryRoom(host);
    expect(room.emptiness).toBe('loading');
    room.connected([]);
    expect(room.emptiness).toBe('not-connected');
    room.connected((await host.ask('list_connections', {})).connections);
    void room.listing.start();
    const watch = host.watches[0]!;
    expect(room.emptiness).toBe('loading');
    watch.send(vault({ is: 'denied', error: refused({ message: 'no' }) }));
    watch.end();
    await vi.runAllTimersAsync();
    expect(room.emptiness).toBe('denied');
    watch.send(vault({ is: 'unreachable', error: refused({ message: 'no' }) }));
    await vi.runAllTimersAsync();
    expect(room.emptiness).toBe('unreachable');
    watch.send(vault({ is: 'fresh', at: '2026-11-23T09:14:00Z' }));
    await vi.runAllTimersAsync();
    expect(room.emptiness).toBe('nothing');
  });

  it('says that the filter hides everything, and shows all once it is cleared', async () => {
    const room = await connected(new FakeHost({ rows: 12 }));
    await vi.runAllTimersAsync();
    room.text = 'nothing is called so';
    expect([room.emptiness, room.inScope.length]).toEqual(['filtered', 12]);
    room.text = '';
    expect(room.emptiness).toBeNull();
  });

  it('lists every vault that is not complete with its reason, and no other', async () => {
    const room = await connected(new FakeHost());
    await vi.runAllTimersAsync();
    expect(room.gaps.map((gap) => [gap.vault?.id, gap.is, gap.error?.permission ?? null])).toEqual([
      ['us-east-1', 'denied', 'kms:ListKeys'],
      ['pki', 'partial', 'read on pki/cert/5f:01:9a'],
      ['kv', 'stale', null],
      ['lab-transit', 'unreachable', null],
    ]);
    room.look({ connection: 'practice', vault: null });
    expect(room.gaps).toEqual([]);
  });

  it('keeps a connection that failed among the gaps', async () => {
    const host = new ScriptedHost();
    const room = await connected(host);
    host.watches[0]!.send({ event: 'connection-failed', connection: 'lab', error: refused({ kind: 'signed-out', message: 'Its secrets are missing.' }) });
    await vi.runAllTimersAsync();
    expect(room.gaps).toMatchObject([{ connection: 'lab', vault: null, is: 'failed' }]);
  });

  it('says the age of the oldest list in view', async () => {
    const host = new ScriptedHost();
    const room = await connected(host);
    host.watches[0]!.send(vault({ is: 'fresh', at: '2026-11-23T09:14:00Z' }));
    host.watches[0]!.send(vault({ is: 'stale', since: '2026-11-22T17:00:00+02:00' }, { id: 'other' }));
    await vi.runAllTimersAsync();
    expect(room.asOf).toBe('2026-11-22T17:00:00+02:00');
    room.look({ connection: 'practice', vault: 'keystore' });
    expect(room.asOf).toBe('2026-11-23T09:14:00Z');
  });

  it('puts pinned rows first whatever the sort, and takes a pin back that was refused', async () => {
    const host = new FakeHost({ rows: 12 });
    const room = await connected(host);
    await vi.runAllTimersAsync();
    const last = room.shown.at(-1)!.row.ref;
    await room.togglePins([last]);
    expect(room.shown[0]?.row.ref).toBe(last);
    expect(host.preferences.pins).toEqual([last]);
    room.sortBy('name');
    expect(room.shown[0]?.row.ref).toBe(last);
    vi.spyOn(host, 'ask').mockRejectedValue(refused({ message: 'The settings file is read-only.' }));
    await room.togglePins([last]);
    expect([...room.pins]).toEqual([last]);
    expect(room.problem?.message).toBe('The settings file is read-only.');
  });

  it('sorts what has no value last, both ways', async () => {
    const room = await connected(new FakeHost({ rows: 12 }));
    await vi.runAllTimersAsync();
    room.sortBy('expires');
    expect(room.shown[0]?.row.name).toBe('gateway.corp.example');
    expect(room.shown.at(-1)?.expires).toBeNull();
    room.sortBy('expires');
    expect(room.shown[0]?.expires).not.toBeNull();
    expect(room.shown.at(-1)?.expires).toBeNull();
  });

  it('forgets the rows of a connection that was removed, and does not list the rest for it alone', async () => {
    const host = new FakeHost({ rows: 12 });
    const room = await connected(host);
    await vi.runAllTimersAsync();
    room.look({ connection: 'practice', vault: null });
    await host.ask('remove_connection', { name: 'practice' });
    room.connected((await host.ask('list_connections', {})).connections);
    await vi.runAllTimersAsync();
    expect(room.listing.entries.some(({ row }) => row.connection === 'practice')).toBe(false);
    expect(room.scope).toBeNull();
  });

  it('cancels at the person’s word, and says so', async () => {
    const room = await connected(new FakeHost({ rows: 12, pace: 1000 }));
    await vi.advanceTimersByTimeAsync(1500);
    room.listing.cancel();
    await vi.runAllTimersAsync();
    expect([room.listing.running, room.listing.cancelled]).toEqual([false, true]);
    expect(room.listing.progress.done).toBe(1);
  });

  it('names the reason when the watch itself fails', async () => {
    const host = new FakeHost();
    vi.spyOn(host, 'watch').mockReturnValue({ done: Promise.reject(refused({ message: 'The core is gone.' })), cancel: () => {} });
    const room = await connected(host);
    await vi.runAllTimersAsync();
    expect([room.listing.error?.message, room.emptiness]).toEqual(['The core is gone.', 'unreachable']);
  });
});
