import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Commands, JournalEntry, JournalPage } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import { activity as words } from '../../words/activity';
import { hostWith, orderOf, pending, wireError } from '../test-host';
import { lineOf } from './entries';
import { ActivityRoom, PAGE } from './room.svelte';

const entry = (sequence: number, parts = {}): JournalEntry => ({ entry: 'order', order: orderOf({ order: `01J${sequence}`, sequence, ...parts }) });
const pageOf = (entries: JournalEntry[], more = false): JournalPage => ({ entries, more, unsettled: 0 });

function room(answers: Parameters<typeof hostWith>[0]) {
  const host = hostWith({ list_journal: () => pageOf([entry(7)]), ...answers });
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { room: new ActivityRoom(host), asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the journal', () => {
  it('is read a page at a time, and back again', async () => {
    const { room: activity } = { room: new ActivityRoom(new FakeHost({ older: 250 })) };
    await activity.open(null);
    const first = activity.lines.map((line) => line.sequence);
    expect([first.length, activity.canGoOlder, activity.canGoNewer]).toEqual([PAGE, true, false]);
    await activity.older();
    const second = activity.lines.map((line) => line.sequence);
    expect(Math.max(...second)).toBeLessThan(Math.min(...first));
    await activity.older();
    expect([activity.canGoOlder, activity.canGoNewer]).toEqual([false, true]);
    await activity.newer();
    expect(activity.lines.map((line) => line.sequence)).toEqual(second);
    await activity.newer();
    expect(activity.lines.map((line) => line.sequence)).toEqual(first);
  });

  it('begins at the newest page again when the filter changes, once the typing pauses', async () => {
    const { room: activity, asked } = room({ list_journal: ({ before }) => pageOf([entry(before ?? 9)], true) });
    await activity.open(null);
    await activity.older();
    activity.text = 'result:un';
    activity.typed();
    activity.text = ' result:unknown ';
    activity.typed();
    await vi.advanceTimersByTimeAsync(300);
    expect(asked('list_journal')).toEqual([
      { filter: '', reference: null, before: null, limit: PAGE },
      { filter: '', reference: null, before: 9, limit: PAGE },
      { filter: 'result:unknown', reference: null, before: null, limit: PAGE },
    ]);
  });

  it('shows what is about one item only', async () => {
    const { room: activity, asked } = room({});
    await activity.open('home/cellar/sign');
    expect(asked('list_journal')).toMatchObject([{ reference: 'home/cellar/sign' }]);
  });

  it('does not let a slow page take the place of a newer one, and keeps what was read when reading fails', async () => {
    const slow = pending<JournalPage>();
    const answers = [slow.promise, Promise.resolve(pageOf([entry(8)])), Promise.reject(wireError({ message: 'The file is locked.' }))];
    const { room: activity } = room({ list_journal: () => answers.shift()! });
    const opening = activity.open(null);
    await activity.refresh();
    slow.resolve(pageOf([entry(1)]));
    await opening;
    await activity.refresh();
    expect([activity.lines.map((line) => line.sequence), activity.error?.message]).toEqual([[8], 'The file is locked.']);
  });

  it('is looked at again while something is being carried out, and no longer', async () => {
    const states = ['running', 'done'] as const;
    const { room: activity, asked } = room({ list_journal: () => pageOf([entry(7, { state: states[Math.min(1, asked('list_journal').length - 1)] })]) });
    await activity.open(null);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([asked('list_journal').length, activity.lines[0]?.result]).toEqual([2, words.results.done]);
  });

  it('keeps the entry one is on while the page is read afresh', async () => {
    const pages = [pageOf([entry(8), entry(7)]), pageOf([entry(9), entry(8), entry(7)]), pageOf([entry(9)])];
    const { room: activity } = room({ list_journal: () => pages.shift()! });
    await activity.open(null);
    expect(activity.chosen).toBe('01J8');
    activity.chosen = '01J7';
    await activity.refresh();
    expect(activity.chosen).toBe('01J7');
    await activity.refresh();
    expect(activity.chosen).toBe('01J9');
  });

  it('names every kind of entry', () => {
    const writing = (until: string | null) => lineOf({ entry: 'write-mode', sequence: 1, at: '2026-11-25T10:00:00Z', connection: 'prod', until });
    expect([writing('2026-11-25T10:15:00Z').what, writing(null).what]).toEqual([words.writeModeOn('prod'), words.writeModeOff('prod')]);
    const told = { entry: 'told', sequence: 3, at: '2026-11-25T10:00:00Z', connection: 'prod', reference: 'prod/v/k', rotation: '01R', consumer: 'ETL', target: 'hooks.example.com', says: '204' } as const;
    expect([null, true, false].map((done) => lineOf({ ...told, done }).result)).toEqual([words.results.running, words.results.done, words.results.unknown]);
    expect(lineOf({ entry: 'accepted', sequence: 2, at: '2026-11-25T10:00:00Z', because: 'x' })).toMatchObject({ what: words.accepted, tone: 'warn' });
    const glyphs = (['done', 'abandoned', 'unknown', 'paused', 'running'] as const).map((state) => lineOf(entry(1, { state })).glyph);
    // Shapes tell what colours say: only what is not settled and what is on its way look alike.
    expect(glyphs).toEqual(['✓', '✖', '?', '◐', '◐']);
  });
});

describe('an order', () => {
  it.each(['check', 'continue', 'abandon'] as const)('can be told to %s, one thing at a time, and is shown as it stands then', async (act) => {
    const answer = pending<ReturnType<typeof orderOf>>();
    const command = `${act}_order` as const;
    const { room: activity, asked } = room({ list_journal: () => pageOf([entry(7, { state: 'unknown' })]), [command]: () => answer.promise });
    await activity.open(null);
    const acting = activity.act(act, '01J7');
    expect([activity.acting, await activity.act(act, '01J7')]).toEqual([{ act, order: '01J7' }, null]);
    answer.resolve(orderOf({ order: '01J7', state: 'done' }));
    expect((await acting)?.state).toBe('done');
    expect([asked(command), activity.lines[0]?.result, activity.acting]).toEqual([[{ order: '01J7' }], words.results.done, null]);
  });

  it('says why it could not be looked up, at that order', async () => {
    const { room: activity } = room({ check_order: () => Promise.reject(wireError({ message: 'The service did not answer.' })) });
    await activity.open(null);
    expect(await activity.act('check', '01J7')).toBeNull();
    expect(activity.actError).toMatchObject({ order: '01J7', error: { message: 'The service did not answer.' } });
  });
});

describe('the chain', () => {
  it('is verified, and gone on from only where the core does', async () => {
    const broken = { sound: false, records: 9, head: 'ab', seal: 'keyring', problem: wireError(), at: 3 };
    const answers = [Promise.reject(wireError({ message: 'The keyring is locked.' })), Promise.resolve({ ...broken, sound: true, problem: null, at: null })];
    const { room: activity } = room({ verify_journal: () => broken, accept_journal: () => answers.shift()! });
    await activity.verify();
    expect(activity.chain?.at).toBe(3);
    expect([await activity.accept(), activity.chain?.sound, activity.chainError?.message]).toEqual([false, false, 'The keyring is locked.']);
    expect([await activity.accept(), activity.chain?.sound, activity.chainError]).toEqual([true, true, null]);
  });

  it('is exported; a person who changes their mind is told nothing', async () => {
    const { room: activity } = room({ export_journal: () => ({ paths: [] }) });
    expect([await activity.export(), activity.exportError, activity.exporting]).toEqual([[], null, false]);
  });
});
