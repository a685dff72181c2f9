import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Commands, ImportWire, LeavingWire, TakingWire, WrapWire } from '../../host/contract.gen';
import { imports as words } from '../../words/imports';
import { Writing } from '../change/writing.svelte';
import { hostWith, importOf, pending, planOf, question, wireError, wrappingKey } from '../test-host';
import { ImportRoom } from './room.svelte';
import { countdown, hereOf, standing, STEPS } from './steps';

type Answers = Parameters<typeof hostWith>[0];

const VAULTS = { vaults: [{ connection: 'home', vault: 'cellar', name: 'Cellar', kind: 'room', environment: 'production' }, { connection: 'home', vault: 'attic', name: 'Attic', kind: 'room', environment: null }], silent: [] };
const way = (wrap: string, legacy = false): WrapWire => ({ wrap, bits: 4096, native: wrap.toUpperCase(), legacy });
const takes = (algorithm: string, ...wraps: WrapWire[]): TakingWire => ({ algorithm, wraps, refused: null, questions: [question({ name: 'name', label: 'Name', required: true })] });
const TAKINGS: TakingWire[] = [
  { algorithm: 'AES-128', wraps: [], refused: 'Too short for this place.', questions: [] },
  takes('AES-256', way('oaep-sha256'), way('oaep-sha1', true)),
  takes('RSA 2048', way('rsa-aes-sha1', true)),
];
const LEAVING: LeavingWire = { reference: 'home/cellar/sign', name: 'sign', algorithm: 'AES-256', versions: ['3', '2'], plain: null, wrapped: null };

async function room(wire: ImportWire = importOf(), answers: Answers = {}) {
  const host = hostWith({
    open_import: () => wire,
    import_vaults: () => VAULTS,
    import_takings: () => TAKINGS,
    ask_leaving: () => LEAVING,
    plan_import: () => planOf(),
    drop_plan: () => ({}),
    list_journal: () => ({ entries: [], more: false, unsettled: 0 }),
    set_write_mode: () => ({ until: new Date(Date.now() + 900_000).toISOString() }),
    ...answers,
  });
  const writing = new Writing(host);
  await writing.allow('home');
  const unseen = vi.fn();
  const room = new ImportRoom(host, writing, unseen);
  await room.open('01J0IMP');
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { room, asked, unseen, host };
}

const begun = (parts: Parameters<typeof importOf>[0] = {}) => importOf({ phase: 'target', item: null, target: null, source: null, ...parts });
const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('where an import is', () => {
  const held = { wrappingKey: { pem: '', algorithm: '', fingerprint: '', until: null, byHand: [] } };
  const inside = { source: { from: 'item' as const, reference: 'home/cellar/sign', version: null, inside: true } };
  const plain = { target: { ...importOf().target!, wrap: { ...way('plain'), bits: 0 }, inside: 'Nothing to wrap with.' } };
  it.each<[string, Parameters<typeof importOf>[0], string]>([
    ['at its phase', { phase: 'source' }, 'source'],
    ['at the wrapping key while none is in memory', {}, 'wrapping-key'],
    ['at the wrap once there is one', held, 'wrap'],
    ['at the wrapping key until it is in the source’s vault', { ...held, ...inside }, 'wrapping-key'],
    ['at the wrap once it is', { ...held, ...inside, loaded: ['home/cellar/temporary'] }, 'wrap'],
    ['at the wrap where nothing is wrapped', plain, 'wrap'],
    ['at the import while the wrapped key is in memory', { phase: 'import', packed: true }, 'import'],
    ['back at the wrapping key after a restart', { phase: 'import' }, 'wrapping-key'],
    ['back at the wrap after a restart where nothing is wrapped', { phase: 'import', ...plain }, 'wrap'],
    ['at its end', { phase: 'given-up' }, 'over'],
    ['at the target, at a word it does not know', { phase: 'tea' }, 'target'],
  ])('is %s', (_, parts, here) => expect(hereOf(importOf(parts), Date.now())).toBe(here));

  it('tells what was reached, also once it is over', () => {
    const all = (parts: Parameters<typeof importOf>[0]) => STEPS.map((step) => standing(importOf(parts), step, Date.now()));
    expect(all({ phase: 'wrapping-key' })).toEqual(['done', 'done', 'here', 'to-come', 'to-come', 'to-come']);
    expect(all({ phase: 'given-up' })).toEqual(['done', 'done', 'done', 'to-come', 'to-come', 'to-come']);
  });

  it('counts down in hours, minutes and seconds', () => {
    expect([86_400_000, 3_600_000, 3_599_000, 65_000, 900, 0, -5].map(countdown)).toEqual(['24:00:00', '1:00:00', '59:59', '01:05', '00:01', '00:00', '00:00']);
  });
});

describe('the target', () => {
  it('lists the vaults at once, and asks what one takes when it is chosen', async () => {
    const { room: one, asked } = await room(begun());
    await settled();
    expect([one.target.matching.length, one.target.reason]).toEqual([2, words.target.vaultFirst]);
    one.target.text = 'attic HOME';
    expect(one.target.matching.map((row) => row.name)).toEqual(['Attic']);
    await one.target.chooseVault({ connection: 'home', vault: 'cellar' });
    expect(asked('import_takings')).toEqual([{ connection: 'home', vault: 'cellar' }]);
    expect(one.target.reason).toBe(words.target.kindFirst);
  });

  it('refuses what cannot come with the reason, prefers the best way, and none that is there for older HSMs alone', async () => {
    const { room: one } = await room(begun());
    await settled();
    await one.target.chooseVault({ connection: 'home', vault: 'cellar' });
    expect(one.target.kinds.map(({ taking, because }) => [taking.algorithm, because])).toEqual([['AES-256', null], ['RSA 2048', null], ['AES-128', 'Too short for this place.']]);
    one.target.chooseKind('AES-128');
    expect(one.target.algorithm).toBeNull();
    one.target.chooseKind('AES-256');
    expect(one.target.wrap?.wrap).toBe('oaep-sha256');
    one.target.chooseKind('RSA 2048');
    expect([one.target.wrap, one.target.reason]).toEqual([null, words.target.wayFirst]);
  });

  it('rules out what the key is not, where its source is known, and chooses what it is', async () => {
    const source = { from: 'item' as const, reference: 'home/cellar/sign', version: null, inside: false };
    const { room: one } = await room(begun({ source }));
    await settled();
    await one.target.chooseVault({ connection: 'home', vault: 'cellar' });
    expect(one.target.kinds.map(({ because }) => because)).toEqual([null, 'Too short for this place.', words.target.otherKind('AES-256')]);
    expect(one.target.algorithm).toBe('AES-256');
  });

  it('is settled with the state that was seen, once every answer is there; then the key follows', async () => {
    const after = importOf({ phase: 'wrapping-key', revision: 5, item: null, source: { from: 'item', reference: 'home/cellar/sign', version: null, inside: false } });
    const { room: one, asked } = await room(begun(), { note_import: () => after });
    await settled();
    await one.target.chooseVault({ connection: 'home', vault: 'cellar' });
    one.target.chooseKind('AES-256');
    expect(await one.setTarget()).toBe(false);
    expect(one.target.form?.touched).toEqual({ name: true });
    one.target.form!.answers['name'] = 'chest';
    expect(await one.setTarget()).toBe(true);
    expect(asked('note_import')).toEqual([{ import: '01J0IMP', revision: 4, note: { is: 'set-target', connection: 'home', vault: 'cellar', algorithm: 'AES-256', wrap: way('oaep-sha256'), answers: { name: 'chest' } } }]);
    // A key that was named before still has a version and a way to be settled.
    expect(one.view).toBe('source');
  });

  it('begins in the vault that it was begun from, and with what is settled', async () => {
    const { room: one } = await room(begun());
    one.into = { connection: 'home', vault: 'attic' };
    await one.open('01J0IMP');
    await settled();
    expect(one.target.vault).toEqual(one.into);
    const { room: other } = await room(importOf({ target: { ...importOf().target!, wrap: way('oaep-sha1', true) } }));
    other.show('target');
    await settled();
    expect([other.target.vault?.vault, other.target.algorithm, other.target.wrap?.wrap, other.target.form?.answers]).toEqual(['cellar', 'AES-256', 'oaep-sha1', { name: 'chest' }]);
  });

  it('keeps the answer for the vault that was chosen last', async () => {
    const late = pending<TakingWire[]>();
    const { room: one } = await room(begun(), { import_takings: ({ vault }) => (vault === 'attic' ? late.promise : TAKINGS) });
    await settled();
    const first = one.target.chooseVault({ connection: 'home', vault: 'attic' });
    await one.target.chooseVault({ connection: 'home', vault: 'cellar' });
    late.resolve([]);
    await first;
    expect(one.target.takings).toHaveLength(3);
  });
});

describe('the key', () => {
  const RSA_AES = { ...importOf().target!, wrap: way('rsa-aes-sha256') };
  const source = () => room(importOf({ phase: 'source', source: null, item: null, target: RSA_AES }), { note_import: ({ note }) => importOf({ phase: 'wrapping-key', item: null, revision: 5, source: note.is === 'set-source' ? note.source : null }) });

  it('is wrapped inside its place where that can be, for then it is never seen outside', async () => {
    const { room: one, asked } = await source();
    one.source.choose('item');
    expect(one.source.reason).toBe(words.source.itemFirst);
    await one.source.chooseItem('home/cellar/sign');
    expect([one.source.inside, one.source.reason]).toEqual([true, null]);
    one.source.version = '2';
    expect(await one.setSource()).toBe(true);
    expect(asked('note_import')).toMatchObject([{ note: { is: 'set-source', source: { from: 'item', reference: 'home/cellar/sign', version: '2', inside: true } } }]);
    expect(one.view).toBe('wrapping-key');
  });

  it.each<[Partial<LeavingWire>, boolean | null, string | null]>([
    [{ wrapped: 'Not inside.' }, false, null],
    [{ wrapped: 'Not inside.', plain: 'Never.' }, null, 'Never.'],
    [{ algorithm: 'RSA 2048' }, true, words.source.otherKind('RSA 2048', 'AES-256')],
    [{ algorithm: null }, true, words.source.kindNotTold],
    [{ plain: 'Never plain.' }, true, null],
  ])('leaves as its place says: %j', async (parts, inside, reason) => {
    const { room: one } = await room(importOf({ phase: 'source', source: null, item: null, target: RSA_AES }), { ask_leaving: () => ({ ...LEAVING, ...parts }) });
    one.source.choose('item');
    await one.source.chooseItem('home/cellar/sign');
    expect([one.source.inside, one.source.reason]).toEqual([inside, reason]);
    expect(one.source.take() === null).toBe(reason !== null);
  });

  it('is not wrapped inside by a way that no vault knows', async () => {
    const { room: one } = await room(importOf({ phase: 'source', source: null, item: null, target: { ...importOf().target!, inside: 'Not by this way.' } }));
    one.source.choose('item');
    await one.source.chooseItem('home/cellar/sign');
    expect([one.source.inside, one.source.insideReason]).toEqual([false, 'Not by this way.']);
    one.source.inside = true;
    expect(one.source.reason).toBe(one.source.insideReason);
  });

  it('that was named before its target leaves by what the target then allows; what was chosen later stays chosen', async () => {
    const named = { from: 'item' as const, reference: 'home/cellar/sign', version: null, inside: false };
    const { room: one } = await room(begun({ source: named }));
    await settled();
    expect(one.source.inside).toBe(true);
    one.take(importOf({ source: named, revision: 5, target: { ...importOf().target!, inside: 'Not by this way.' } }));
    expect([one.source.inside, one.source.reason]).toEqual([false, null]);
    const { room: other } = await room(importOf({ source: named, target: RSA_AES }));
    await settled();
    expect(other.source.inside).toBe(false);
  });

  it('is wrapped by hand or inside only where there is a wrapping key', async () => {
    const plain = { target: { ...importOf().target!, wrap: { ...way('plain'), bits: 0 }, inside: 'Nothing to wrap with.' } };
    const { room: one } = await room(importOf({ phase: 'source', source: null, item: null, ...plain }));
    one.source.choose('offline');
    expect(one.source.reason).toBe(words.source.offlinePlain);
    one.source.choose('item');
    await one.source.chooseItem('home/cellar/sign');
    expect([one.source.inside, one.source.insideReason]).toEqual([false, 'Nothing to wrap with.']);
  });

  it('of which it could not be asked is not taken', async () => {
    const { room: one, asked } = await room(importOf({ phase: 'source', source: null, item: null }), { ask_leaving: () => Promise.reject(wireError()) });
    one.source.choose('item');
    await one.source.chooseItem('home/cellar/sign');
    expect([one.source.error?.message, one.source.reason, await one.setSource()]).toEqual(['The service refused.', words.source.notAsked, false]);
    expect(asked('note_import')).toEqual([]);
  });

  it.each(['file', 'offline'] as const)('from %s is named by its path alone, which is let go of once it was taken', async (from) => {
    const { room: one, asked, host } = await room(importOf({ source: { from }, wrappingKey: wrappingKey() }), { wrap_import: () => importOf({ phase: 'import', revision: 5, packed: true, source: { from }, wrappingKey: wrappingKey() }) });
    expect(await one.wrap()).toBe(false);
    one.texts['path'] = ' /media/key.pem ';
    expect(await one.wrap()).toBe(true);
    expect(asked('wrap_import')).toEqual([{ import: '01J0IMP', path: '/media/key.pem' }]);
    expect(one.text('path')).toBe('');
    expect(host.asked.map(([command]) => command).filter((command) => /export|reveal|secret|private/.test(command))).toEqual([]);
  });

  it('from elsewhere needs no path, and what is known of it stays in view', async () => {
    const { room: one, asked } = await room(importOf({ source: { from: 'generated' }, wrappingKey: wrappingKey() }), { wrap_import: () => importOf({ phase: 'import', revision: 5, packed: true, source: { from: 'generated' }, wrappingKey: wrappingKey() }) });
    await one.wrap();
    expect(asked('wrap_import')).toEqual([{ import: '01J0IMP', path: null }]);
    expect([one.view, one.here]).toEqual(['wrap', 'import']);
  });

  it('whose file cannot be read keeps its path', async () => {
    const { room: one } = await room(importOf({ wrappingKey: wrappingKey() }), { wrap_import: () => Promise.reject(wireError({ kind: 'invalid' })) });
    one.texts['path'] = '/media/key.pem';
    await one.wrap();
    expect([one.text('path'), one.problems['wrap']?.kind, one.busy]).toEqual(['/media/key.pem', 'invalid', null]);
  });
});

describe('the wrapping key', () => {
  it('counts down, and once it has lapsed Rust is asked how it stands', async () => {
    const wire = importOf({ phase: 'import', packed: true, wrappingKey: wrappingKey(10) });
    const { room: one, asked } = await room(wire);
    expect([one.here, one.left?.milliseconds, one.left?.share]).toEqual(['import', 10_000, 1]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([one.left?.milliseconds, one.left?.share]).toEqual([5000, 0.5]);
    expect(asked('open_import')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(6000);
    expect(asked('open_import')).toHaveLength(2);
    expect([one.here, one.left?.milliseconds]).toEqual(['wrapping-key', 0]);
    one.leave();
  });

  it('without an end is not counted', async () => {
    expect((await room(importOf({ wrappingKey: wrappingKey(null) }))).room.left).toBeNull();
  });

  it('that was fetched is not lost to a reading that was under way', async () => {
    const late = pending<ImportWire>();
    let times = 0;
    const { room: one } = await room(importOf(), { open_import: () => (times++ === 0 ? importOf() : late.promise), fetch_wrapping_key: () => importOf({ wrappingKey: wrappingKey() }) });
    const reading = one.refresh();
    await one.fetch();
    late.resolve(importOf());
    await reading;
    expect([one.wire?.wrappingKey?.fingerprint, one.reading, one.view, one.here]).toEqual(['SHA256:wrap', false, 'wrapping-key', 'wrap']);
  });

  it('is put where the person says; to cancel is no error', async () => {
    let paths = ['/home/w.pem'];
    const { room: one } = await room(importOf({ wrappingKey: wrappingKey() }), { save_wrapping_key: () => ({ paths }) });
    expect(await one.save('save_wrapping_key')).toBe('/home/w.pem');
    paths = [];
    expect([await one.save('save_wrapping_key'), one.problems]).toEqual([null, {}]);
  });
});

describe('a step at a place', () => {
  it('is confirmed once as it was read, and leads on', async () => {
    const done = importOf({ phase: 'prove', revision: 6, imported: { at: '2026-11-25T10:00:00Z', actor: 'maria', evidence: 'Order.' }, orders: [{ step: 'import', order: '01J0PLAN', at: '', state: 'done', because: null }] });
    const { room: one, asked } = await room(importOf({ phase: 'import', packed: true, wrappingKey: wrappingKey() }), { confirm_import: () => done });
    await one.order.begin('import');
    expect(asked('plan_import')).toEqual([{ import: '01J0IMP', step: 'import' }]);
    await one.order.confirm();
    await one.order.confirm();
    expect(asked('confirm_import')).toEqual([{ import: '01J0IMP', step: 'import', order: '01J0PLAN', digest: 'abc', typed: null }]);
    expect(one.view).toBe('prove');
  });

  it('whose answer was lost is checked, not repeated', async () => {
    const lost = importOf({ phase: 'import', revision: 5, orders: [{ step: 'import', order: '01J0PLAN', at: '', state: 'live', because: null }] });
    const { room: one, asked } = await room(lost, { check_import: () => importOf({ phase: 'prove', revision: 6 }) });
    expect(one.live?.order).toBe('01J0PLAN');
    await one.check();
    expect([one.view, one.live, asked('confirm_import')]).toEqual(['prove', null, []]);
  });

  it('drops a plan that nobody confirmed when another step comes into view', async () => {
    const { room: one, asked } = await room(importOf({ phase: 'import', packed: true }));
    await one.order.begin('import');
    one.show('wrap');
    expect(asked('drop_plan')).toEqual([{ order: '01J0PLAN' }]);
  });
});

describe('what follows', () => {
  it('brings the same key, or other material, as an import of its own', async () => {
    const { room: one, asked } = await room(importOf({ phase: 'done' }), { begin_import: () => ({ ...importOf(), row: { ...importOf().row, id: 'NEXT' } }) });
    expect([await one.again(false), await one.again(true)]).toEqual(['NEXT', 'NEXT']);
    expect(asked('begin_import')).toEqual([{ source: null, again: '01J0IMP', newMaterial: false }, { source: null, again: '01J0IMP', newMaterial: true }]);
    expect(one.wire?.row.id).toBe('01J0IMP');
  });

  it('ends by a word of its own, with the state that was seen', async () => {
    const { room: one, asked } = await room(importOf({ phase: 'prove' }), { note_import: ({ note }) => importOf({ phase: note.is === 'finish' ? 'done' : 'given-up', revision: 5 }) });
    await one.giveUp();
    expect(asked('note_import')).toEqual([{ import: '01J0IMP', revision: 4, note: { is: 'give-up' } }]);
    expect(one.view).toBe('over');
  });
});
