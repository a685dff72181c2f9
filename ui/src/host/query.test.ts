import { describe, expect, it, vi } from 'vitest';
import { FakeHost } from './fake';
import { refused } from './fake/world';
import { QueryHost } from './query.svelte';

const settled = () => new Promise((done) => setTimeout(done));

describe('kept answers', () => {
  it('asks once for the same command and request', async () => {
    const bare = new FakeHost();
    const host = new QueryHost(bare);
    const query = host.query('list_connections', {});
    expect(host.query('list_connections', {})).toBe(query);
    await settled();
    expect(query.answer?.connections).toHaveLength(4);
    expect(bare.asked).toHaveLength(1);
  });

  it('reads afresh what a command touches, and nothing else', async () => {
    const bare = new FakeHost();
    const host = new QueryHost(bare);
    const connections = host.query('list_connections', {});
    host.query('connection_forms', {});
    await settled();
    await host.ask('remove_connection', { name: 'lab' });
    await settled();
    expect(connections.answer?.connections.map((one) => one.name)).not.toContain('lab');
    expect(bare.asked.filter(([command]) => command === 'connection_forms')).toHaveLength(1);
  });

  it('takes answers as stale even when the command failed, for it cannot know how far it came', async () => {
    const bare = new FakeHost();
    const host = new QueryHost(bare);
    host.query('app_state', {});
    await settled();
    const ask = vi.spyOn(bare, 'ask').mockRejectedValueOnce(refused({ message: 'no' }));
    await expect(host.ask('set_pin', { reference: 'a', pinned: true })).rejects.toMatchObject({ message: 'no' });
    expect(ask.mock.calls.map(([command]) => command)).toEqual(['set_pin', 'app_state']);
  });

  it('keeps the last good answer beside the error', async () => {
    const bare = new FakeHost();
    const host = new QueryHost(bare);
    const query = host.query('list_connections', {});
    await settled();
    vi.spyOn(bare, 'ask').mockRejectedValueOnce(new Error('broken'));
    await query.refresh();
    expect([query.answer?.connections.length, query.error?.kind, query.error?.changed.is]).toEqual([4, 'unexpected', 'unknown']);
    await query.refresh();
    expect(query.error).toBeNull();
  });

  it('drops an answer that a newer reading has overtaken', async () => {
    const bare = new FakeHost();
    const host = new QueryHost(bare);
    const query = host.query('list_connections', {});
    await settled();
    let slow: (answer: { connections: [] }) => void = () => {};
    vi.spyOn(bare, 'ask').mockReturnValueOnce(new Promise((done) => (slow = done)) as never);
    const first = query.refresh();
    await query.refresh();
    slow({ connections: [] });
    await first;
    expect(query.answer?.connections).toHaveLength(4);
    expect(query.busy).toBe(false);
  });

  it('tells listeners what was touched until they stop', async () => {
    const host = new QueryHost(new FakeHost());
    const heard: string[] = [];
    const stop = host.onTouched((tags) => heard.push(...tags));
    await host.ask('copy_text', { text: 'x' });
    await host.ask('remove_connection', { name: 'lab' });
    stop();
    await host.ask('set_pin', { reference: 'a', pinned: true });
    expect(heard).toEqual(['Connections', 'Inventory']);
  });
});
