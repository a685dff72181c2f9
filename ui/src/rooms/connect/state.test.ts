import { describe, expect, it } from 'vitest';
import type { AccessReport, ConnectionDraft, ConnectionRow, FoundSignIn } from '../../host/contract.gen';
import { field, formOf, hostWith, pending, wireError } from '../test-host';
import { missingPermissions, signInId } from './drafts';
import { ConnectRoom } from './state.svelte';

const form = formOf(field({ name: 'token', kind: 'secret', required: true }));

function signIn(name: string, connected = false, profile = name): FoundSignIn {
  return { provider: 'cellar', title: 'Cellar', name, detail: 'token file', answers: { profile }, connected };
}

const A = signInId(signIn('a'));
const B = signInId(signIn('b'));

function saved(draft: ConnectionDraft): ConnectionRow {
  const { name, provider, environment } = draft;
  return { name, provider, environment, title: 'Cellar', place: 'here', writesUntil: null, identity: null, until: null, secrets: 'memory' };
}

const practice = saved({ name: 'a', provider: 'cellar', environment: null, answers: {}, secrets: {}, keep: false });

async function roomWith(more: Parameters<typeof hostWith>[0] = {}, keyring = true) {
  const host = hostWith({
    connection_forms: () => [form],
    list_connections: () => ({ connections: [practice] }),
    found_sign_ins: () => ({ found: [signIn('a'), signIn('b'), signIn('c', true)] }),
    add_connection: ({ draft }) => saved(draft),
    ...more,
  });
  const room = new ConnectRoom(host, keyring);
  await room.load();
  return { host, room };
}

describe('the connect room', () => {
  it('shows what could be read when one part fails', async () => {
    const { room } = await roomWith({
      found_sign_ins: () => {
        throw wireError({ message: 'no home folder' });
      },
    });
    expect(room.trouble?.message).toBe('no home folder');
    expect(room.forms).toHaveLength(1);
    expect(room.looking).toBe(false);
  });

  it('sends nothing while nothing is chosen', async () => {
    const { host, room } = await roomWith();
    const before = host.asked.length;
    expect(await room.connect()).toEqual({ saved: [], failed: 0 });
    expect(room.tried).toBe(true);
    expect(host.asked).toHaveLength(before);
  });

  it('gives a sign-in a name that is free, among the saved and among its neighbours', async () => {
    const { room } = await roomWith({ found_sign_ins: () => ({ found: [signIn('a'), signIn('a', false, 'other')] }) });
    for (const row of room.found) room.choose(signInId(row), true);
    expect(room.drafts?.map(({ draft }) => draft.name)).toEqual(['a-2', 'a-3']);
  });

  it('saves what can be saved and keeps the reason beside what cannot', async () => {
    const { room } = await roomWith({
      add_connection: ({ draft }) => {
        if (draft.name === 'b') throw wireError({ message: 'refused' });
        return saved(draft);
      },
    });
    room.choose(A, true);
    room.choose(B, true);
    const { saved: rows, failed } = await room.connect();
    expect([rows.map((row) => row.name), failed]).toEqual([['a-2'], 1]);
    expect(room.found.map((row) => row.connected)).toEqual([true, false, true]);
    expect(room.outcomes[B]?.error?.message).toBe('refused');
    expect(room.chosen[B]).toBe(true);
  });

  it('signs in again under the name of a connection of the same kind, and does not list it twice', async () => {
    const { room } = await roomWith();
    room.signInAgain(practice);
    if (!room.form) throw new Error('no form');
    room.form.secrets.token = 's';
    expect(room.drafts?.map(({ draft }) => draft.name)).toEqual(['a']);
    await room.connect();
    expect(room.connections.map((row) => row.name)).toEqual(['a']);
  });

  it('refuses the name of a connection of another kind', async () => {
    const { room } = await roomWith({ list_connections: () => ({ connections: [{ ...practice, provider: 'attic' }] }) });
    room.openForm('cellar');
    if (!room.form) throw new Error('no form');
    room.form.name = 'a';
    room.form.secrets.token = 's';
    expect(room.drafts).toBeNull();
  });

  it('never asks to keep secrets where no keyring answers', async () => {
    const { room } = await roomWith({}, false);
    room.openForm('cellar');
    if (!room.form) throw new Error('no form');
    room.form.name = 'new';
    room.form.secrets.token = 's';
    room.keep = true;
    expect(room.drafts?.[0]?.draft.keep).toBe(false);
  });

  it('lets go of the secrets once they are saved, and when the form is left', async () => {
    const { room } = await roomWith();
    room.openForm('cellar');
    const open = room.form;
    if (!open) throw new Error('no form');
    open.name = 'new';
    open.secrets.token = 's';
    await room.connect();
    expect(room.form).toBeNull();
    expect(open.secrets.token).toBe('');
  });

  it('keeps what is chosen when the sign-ins are found in another order', async () => {
    const lists = [[signIn('a'), signIn('b')], [signIn('b'), signIn('a')]];
    const { room } = await roomWith({ found_sign_ins: () => ({ found: lists.shift() ?? [] }) });
    room.choose(B, true);
    await room.load();
    expect(room.drafts?.map(({ draft }) => draft.answers)).toEqual([{ profile: 'b' }]);
  });

  it('drops a report for a sign-in that was unchosen meanwhile', async () => {
    const report = pending<AccessReport>();
    const { room } = await roomWith({ check_access: () => report.promise });
    room.choose(B, true);
    const checking = room.check();
    room.choose(B, false);
    report.resolve({ identity: 'maria', detail: null, until: null, checks: [] });
    await checking;
    expect(room.outcomes[B]).toBeUndefined();
    expect(room.busy).toBeNull();
  });

  it('names each missing permission once', () => {
    const row = (permission: string, allowed: boolean | null) => ({ what: '', permission, allowed, error: null, untested: null });
    const checks = [row('list', false), row('read', true), row('list', false), row('try', null), row('sign', false)];
    expect(missingPermissions({ identity: null, detail: null, until: null, checks })).toEqual(['list', 'sign']);
  });
});
