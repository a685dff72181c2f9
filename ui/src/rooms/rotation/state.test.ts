import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Commands, RotationWire } from '../../host/contract.gen';
import { Writing } from '../change/writing.svelte';
import { hostWith, orderOf, pending, planOf, rotationOf, wireError } from '../test-host';
import { RotationRoom } from './room.svelte';
import { standing, STEPS } from './steps';

type Answers = Parameters<typeof hostWith>[0];

async function room(answers: Answers = {}, { open = true }: { open?: boolean } = {}) {
  const host = hostWith({
    consumer_kinds: () => ({ kinds: [] }),
    open_rotation: () => rotationOf(),
    plan_rotation: () => planOf(),
    drop_plan: () => ({}),
    list_journal: () => ({ entries: [{ entry: 'order', order: orderOf() }], more: false, unsettled: 0 }),
    set_write_mode: () => ({ until: new Date(Date.now() + 900_000).toISOString() }),
    ...answers,
  });
  const writing = new Writing(host);
  if (open) await writing.allow('home');
  const unseen = vi.fn();
  const room = new RotationRoom(host, writing, unseen);
  await room.open('01J0ROT');
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { room, asked, unseen, writing };
}

const next = (parts: Parameters<typeof rotationOf>[0] = {}) => rotationOf({ revision: 5, ...parts });
const CONFLICT = wireError({ kind: 'conflict', message: 'It was changed in the meantime.' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a rotation that is opened', () => {
  it('shows the step it is at, and says why it cannot be read', async () => {
    expect((await room()).room.view).toBe('distribute');
    const { room: failed } = await room({ open_rotation: () => Promise.reject(wireError({ message: 'There is no such rotation.' })) });
    expect([failed.rotation, failed.error?.message]).toEqual([null, 'There is no such rotation.']);
  });

  it('keeps what was read if it cannot be read afresh', async () => {
    let times = 0;
    const { room: one } = await room({ open_rotation: () => (times++ === 0 ? rotationOf() : Promise.reject(wireError())) });
    await one.refresh();
    expect([one.rotation?.revision, one.error?.message]).toEqual([4, 'The service refused.']);
  });

  it('drops an answer that is older than what it knows', async () => {
    const late = pending<RotationWire>();
    let times = 0;
    const { room: one } = await room({ open_rotation: () => (times++ === 0 ? rotationOf() : late.promise), note_rotation: () => next() });
    const reading = one.refresh();
    await one.note({ is: 'tell', consumer: 'C1' }, 'tell:C1');
    late.resolve(rotationOf());
    await reading;
    expect(one.rotation?.revision).toBe(5);
  });

  it('asks again once the time of a lock has come, and only then', async () => {
    const until = new Date(Date.now() + 3500).toISOString();
    const { room: one, asked } = await room({ open_rotation: () => rotationOf({ locks: { 'go-on': { because: 'it waits', next: 'Wait.', until } } }) });
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked('open_rotation')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked('open_rotation')).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked('open_rotation')).toHaveLength(2);
    one.leave();
  });
});

describe('what is said of a rotation', () => {
  it('names the state that was seen, and is let go once it was taken', async () => {
    const { room: one, asked } = await room({ note_rotation: () => next() });
    one.texts['succeed:C1'] = 'Seen.';
    one.texts['verify:C1'] = 'Another.';
    expect(await one.note({ is: 'succeed', consumer: 'C1', instances: 1, evidence: 'Seen.' }, 'succeed:C1')).toBe(true);
    expect(asked('note_rotation')).toEqual([{ rotation: '01J0ROT', revision: 4, note: { is: 'succeed', consumer: 'C1', instances: 1, evidence: 'Seen.' } }]);
    expect(one.texts).toEqual({ 'verify:C1': 'Another.' });
    expect(one.rotation?.revision).toBe(5);
  });

  it.each(['denied', 'invalid', 'interrupted', 'unexpected'])('keeps what was typed beside its error: %s', async (kind) => {
    const { room: one, asked } = await room({ note_rotation: () => Promise.reject(wireError({ kind })) });
    one.texts['fail:C1'] = 'It broke.';
    expect(await one.note({ is: 'fail', consumer: 'C1', error: 'It broke.' }, 'fail:C1')).toBe(false);
    expect([one.problems['fail:C1']?.kind, one.text('fail:C1'), one.busy]).toEqual([kind, 'It broke.', null]);
    expect([asked('note_rotation').length, asked('open_rotation').length]).toEqual([1, 1]);
  });

  it('that came too late is read again, says so, and is not repeated', async () => {
    let times = 0;
    const { room: one, asked } = await room({ open_rotation: () => (times++ === 0 ? rotationOf() : rotationOf({ revision: 9 })), note_rotation: () => Promise.reject(CONFLICT) });
    one.texts['tell-back:C1'] = 'Told.';
    await one.note({ is: 'tell-back', consumer: 'C1', evidence: 'Told.' }, 'tell-back:C1');
    expect([one.rotation?.revision, one.overtaken, one.text('tell-back:C1')]).toEqual([9, ['tell-back:C1'], 'Told.']);
    expect(asked('note_rotation')).toHaveLength(1);
  });

  it('is no surprise of somebody else’s where the state is still the same', async () => {
    const { room: one } = await room({ note_rotation: () => Promise.reject(CONFLICT) });
    await one.note({ is: 'go-on' }, 'go-on');
    expect([one.overtaken, one.problems['go-on']?.message]).toEqual([[], 'It was changed in the meantime.']);
  });

  it('is sent once, however often one presses', async () => {
    const answer = pending<RotationWire>();
    const { room: one, asked } = await room({ note_rotation: () => answer.promise });
    const first = one.note({ is: 'go-on' }, 'go-on');
    expect(await one.note({ is: 'go-on' }, 'go-on')).toBe(false);
    expect(await one.lookAt('C1')).toBe(false);
    answer.resolve(next({ phase: 'verify' }));
    expect([await first, one.view, asked('note_rotation').length]).toEqual([true, 'verify', 1]);
  });
});

describe('going on from the rules', () => {
  it('settles what was typed first, and only that', async () => {
    let revision = 4;
    const { room: one, asked } = await room({ open_rotation: () => rotationOf({ phase: 'scope' }), note_rotation: ({ note }) => rotationOf({ phase: note.is === 'go-on' ? 'method' : 'scope', revision: ++revision }) });
    one.scope.soakHours = '24';
    one.scope.due = '2026-12-04';
    one.scope.touch();
    expect(await one.goOn()).toBe(true);
    const [first, second] = asked('note_rotation') as Commands['note_rotation']['request'][];
    expect(first?.note).toMatchObject({ is: 'set-scope', settings: { soakHours: 24, waitDays: 30, strategy: 'halt' } });
    expect(first?.note.is === 'set-scope' && first.note.settings.due && new Date(first.note.settings.due).getHours()).toBe(23);
    expect([second?.note, second?.revision, one.view]).toEqual([{ is: 'go-on' }, 5, 'method']);
  });

  it('says what is no number or no day, and sends nothing', async () => {
    const { room: one, asked } = await room({ open_rotation: () => rotationOf({ phase: 'scope' }) });
    Object.assign(one.scope, { waitDays: 'soon', due: '4.12.' });
    one.scope.touch();
    expect([await one.goOn(), Object.keys(one.scope.problems), asked('note_rotation')]).toEqual([false, ['waitDays', 'due'], []]);
  });

  it('keeps what was typed where it was not taken, also when it is read afresh', async () => {
    const { room: one, asked } = await room({ open_rotation: () => rotationOf({ phase: 'scope' }), note_rotation: () => Promise.reject(wireError({ kind: 'invalid' })) });
    one.scope.soakHours = '9999';
    one.scope.touch();
    await one.goOn();
    await one.refresh();
    expect([one.scope.soakHours, one.problems['go-on']?.kind, asked('note_rotation').length]).toEqual(['9999', 'invalid', 1]);
  });
});

describe('a method', () => {
  it('that was not taken is not shown as chosen', async () => {
    const { room: one } = await room({ open_rotation: () => rotationOf({ phase: 'method' }), note_rotation: () => Promise.reject(wireError()) });
    await one.choose('new-key');
    expect([one.method, one.problems['choose']?.message]).toEqual([null, 'The service refused.']);
  });
});

describe('a call', () => {
  const preview = { target: '/bin/tell', body: '{}', digest: 'd1', blocked: null };

  it('is sent under the digest that was shown, once', async () => {
    const { room: one, asked } = await room({ preview_call: () => preview, call_consumer: () => next() });
    expect(await one.call('C1')).toBe(false);
    await one.preview('C1');
    expect(await one.call('C1')).toBe(true);
    expect(await one.call('C1')).toBe(false);
    expect(asked('call_consumer')).toEqual([{ rotation: '01J0ROT', consumer: 'C1', digest: 'd1' }]);
  });

  it('that failed is looked up, and must be shown again before the next', async () => {
    const { room: one, asked } = await room({ preview_call: () => preview, call_consumer: () => Promise.reject(wireError({ kind: 'interrupted', changed: { is: 'unknown' } })) });
    await one.preview('C1');
    await one.call('C1');
    expect([one.previews['C1'], one.problems['tell:C1']?.changed.is, asked('call_consumer').length, asked('open_rotation').length]).toEqual([undefined, 'unknown', 1, 2]);
  });
});

describe('a step at the place', () => {
  const done = () => next({ orders: [{ step: 'create', order: '01J0PLAN', at: '', state: 'done', because: null }] });

  it('is read as a plan, confirmed once, and shows what became of it', async () => {
    const { room: one, asked } = await room({ confirm_rotation: done });
    await one.order.begin('create');
    expect([one.order.stage, one.order.reason]).toEqual(['plan', null]);
    await Promise.all([one.order.confirm(), one.order.confirm()]);
    expect(asked('confirm_rotation')).toEqual([{ rotation: '01J0ROT', step: 'create', order: '01J0PLAN', digest: 'abc', typed: null }]);
    expect([one.order.stage, one.order.journal?.state, one.rotation?.revision]).toEqual(['settled', 'done', 5]);
    one.order.drop();
    expect(asked('drop_plan')).toEqual([]);
  });

  it('waits for write mode and for the name', async () => {
    const { room: one, asked } = await room({ plan_rotation: () => planOf({ tier: 'name', blocked: wireError({ message: 'Read-only.' }) }), confirm_rotation: done }, { open: false });
    await one.order.begin('delete-old');
    await one.order.confirm();
    expect(one.order.blocked?.message).toBe('Read-only.');
    await one.order.allow();
    await one.order.confirm();
    expect(asked('confirm_rotation')).toEqual([]);
    one.order.typed = 'sign';
    await one.order.confirm();
    expect(asked('confirm_rotation')).toMatchObject([{ typed: 'sign' }]);
    expect(one.order.typed).toBe('');
  });

  it('whose confirmation failed is not sent again, and the rotation is read', async () => {
    const { room: one, asked } = await room({ confirm_rotation: () => Promise.reject(wireError({ kind: 'interrupted', changed: { is: 'unknown' } })) });
    await one.order.begin('create');
    await one.order.confirm();
    await one.order.confirm();
    expect([asked('confirm_rotation').length, asked('open_rotation').length, one.order.error?.changed.is]).toEqual([1, 2, 'unknown']);
  });

  it('whose end is not known is first of all checked', async () => {
    const live = { step: 'create', order: '01J0PLAN', at: '', state: 'live', because: null };
    const { room: one, asked } = await room({ confirm_rotation: () => next({ orders: [live] }), check_rotation: () => next({ revision: 6, orders: [{ ...live, state: 'done' }] }) });
    await one.order.begin('create');
    await one.order.confirm();
    expect(one.live?.order).toBe('01J0PLAN');
    await one.check();
    expect([one.live, asked('check_rotation').length, asked('confirm_rotation').length]).toEqual([null, 1, 1]);
  });

  it('that nobody confirmed is dropped with the step, and with the room', async () => {
    const { room: one, asked } = await room();
    await one.order.begin('create');
    one.show('scope');
    await one.order.begin('create');
    one.leave();
    expect(asked('drop_plan')).toHaveLength(2);
  });

  it('that ends while nobody looks is told', async () => {
    const answer = pending<RotationWire>();
    const { room: one, unseen, asked } = await room({ confirm_rotation: () => answer.promise });
    await one.order.begin('create');
    const confirming = one.order.confirm();
    one.leave();
    answer.resolve(done());
    await confirming;
    expect(unseen).toHaveBeenCalledWith('Disable sign', 'done');
    expect(asked('drop_plan')).toEqual([]);
  });

  it('that cannot be planned says why', async () => {
    const { room: one } = await room({ plan_rotation: () => Promise.reject(wireError({ message: 'No right to it.' })) });
    await one.order.begin('create');
    expect([one.order.stage, one.order.step, one.order.error?.message]).toEqual(['idle', 'create', 'No right to it.']);
  });
});

it('knows how each step stands, also while it is taken back', () => {
  expect(STEPS.map((step) => standing(rotationOf({ phase: 'create' }), step))).toEqual(['done', 'done', 'done', 'here', 'to-come', 'to-come', 'to-come', 'to-come']);
  const back = rotationOf({ phase: 'rolling-back', method: 'new-key', new: { reference: 'x', version: null, fingerprint: null } });
  expect(STEPS.filter((step) => standing(back, step) === 'done')).toEqual(['scope', 'method', 'create']);
});
