import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Commands, OrderWire, PlanWire } from '../../host/contract.gen';
import { change as words } from '../../words/change';
import { hostWith, orderOf, pending, planOf, question, wireError } from '../test-host';
import { ChangeRoom, type Wanted } from './room.svelte';
import { Writing } from './writing.svelte';

const DISABLE: Wanted = { ask: 'disable', target: { is: 'item', reference: 'home/cellar/sign' }, name: 'sign', about: null };
const BLOCKED = wireError({ message: 'The connection is read-only.' });
type Answers = Parameters<typeof hostWith>[0];

async function room(answers: Answers = {}, { open = true, wanted = DISABLE }: { open?: boolean; wanted?: Wanted } = {}) {
  const host = hostWith({
    change_questions: () => ({ questions: [] }),
    plan_change: () => planOf(),
    confirm_change: () => orderOf(),
    drop_plan: () => ({}),
    list_journal: () => ({ entries: [], more: false, unsettled: 0 }),
    set_write_mode: () => ({ until: new Date(Date.now() + 900_000).toISOString() }),
    ...answers,
  });
  const writing = new Writing(host);
  if (open) await writing.allow('home');
  const unseen = vi.fn();
  const room = new ChangeRoom(host, writing, unseen);
  await room.begin(wanted);
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, writing, room, unseen, asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('on the way to a plan', () => {
  it('goes straight to the plan where nothing is asked', async () => {
    const { room: change, asked } = await room();
    expect([change.stage, change.plan?.title, change.reason]).toEqual(['plan', 'Disable sign', null]);
    expect(asked('plan_change')).toEqual([{ ask: 'disable', target: { is: 'item', reference: 'home/cellar/sign' }, answers: {}, secrets: {} }]);
  });

  it('asks first, and makes no plan while an answer is missing', async () => {
    const { room: change, asked } = await room({ change_questions: () => ({ questions: [question({ name: 'days', required: true })] }) });
    expect([change.stage, await change.submit(), asked('plan_change')]).toEqual(['form', false, []]);
    expect(change.form?.touched['days']).toBe(true);
    change.form!.answers['days'] = '30';
    expect([await change.submit(), change.stage]).toEqual([true, 'plan']);
  });

  it('sends a secret once, and does not have it any more when there is a plan', async () => {
    const { room: change, host } = await room({ change_questions: () => ({ questions: [question({ name: 'value', kind: 'secret', required: true })] }) });
    change.form!.secrets['value'] = 's3cret';
    await change.submit();
    change.back();
    expect([change.stage, change.form?.touched]).toEqual(['form', {}]);
    expect(JSON.stringify([change.form, change.plan])).not.toContain('s3cret');
    expect(host.asked.filter(([, request]) => JSON.stringify(request).includes('s3cret'))).toEqual([]);
    expect(await change.submit()).toBe(false);
  });

  it('keeps the answers beside the reason where no plan can be made', async () => {
    const { room: change } = await room({
      change_questions: () => ({ questions: [question({ name: 'description', preset: 'old' })] }),
      plan_change: () => Promise.reject(wireError({ kind: 'conflict', message: 'Everything is so already.' })),
    });
    await change.submit();
    expect([change.stage, change.error?.message, change.form?.answers['description']]).toEqual(['form', 'Everything is so already.', 'old']);
  });

  it('says why there are no questions', async () => {
    const { room: change } = await room({ change_questions: () => Promise.reject(wireError({ message: 'The service refused.' })) });
    expect([change.stage, change.error?.message]).toEqual(['failed', 'The service refused.']);
  });

  it('drops the plan when it is left, when one goes back, and when it comes too late', async () => {
    const late = pending<PlanWire>();
    const questions = [question({ name: 'note' })];
    const { room: change, asked } = await room({ change_questions: () => ({ questions }), plan_change: () => (asked('plan_change').length < 2 ? planOf() : late.promise) });
    await change.submit();
    change.back();
    expect(asked('drop_plan')).toEqual([{ order: '01J0PLAN' }]);
    const submitting = change.submit();
    change.leave();
    late.resolve(planOf({ order: '01J0LATE' }));
    await submitting;
    expect(asked('drop_plan')).toEqual([{ order: '01J0PLAN' }, { order: '01J0LATE' }]);
  });
});

describe('a confirmation', () => {
  it('goes out once, however often the button is pressed', async () => {
    const answer = pending<OrderWire>();
    const { room: change, asked } = await room({ confirm_change: () => answer.promise });
    const first = change.confirm();
    await change.confirm();
    await change.confirm();
    answer.resolve(orderOf());
    await first;
    await change.confirm();
    expect(asked('confirm_change')).toEqual([{ order: '01J0PLAN', digest: 'abc', typed: null }]);
    expect([change.stage, change.order?.state]).toEqual(['settled', 'done']);
    change.leave();
    expect(asked('drop_plan')).toEqual([]);
  });

  it('wants the very name where it cannot be taken back, and sends it as typed', async () => {
    const { room: change, asked } = await room({ plan_change: () => planOf({ tier: 'name', ask: 'delete', name: 'sign' }) });
    for (const typed of ['', 'Sign', 'sig', 'sign2']) {
      change.typed = typed;
      expect(change.reason, typed).toBe(words.plan.typeFirst);
      await change.confirm();
    }
    expect(asked('confirm_change')).toEqual([]);
    change.typed = 'sign ';
    expect(change.reason).toBeNull();
    await change.confirm();
    expect(asked('confirm_change')).toEqual([{ order: '01J0PLAN', digest: 'abc', typed: 'sign ' }]);
  });

  it('is blocked while the connection is read-only, until changes are allowed here, and again when the time is over', async () => {
    const { room: change, asked } = await room({ plan_change: () => planOf({ blocked: BLOCKED }) }, { open: false });
    expect([change.blocked?.message, change.reason]).toEqual(['The connection is read-only.', words.plan.readOnly]);
    await change.confirm();
    expect(asked('confirm_change')).toEqual([]);
    await change.allow();
    expect([change.blocked, change.reason]).toEqual([null, null]);
    vi.advanceTimersByTime(901_000);
    expect(change.blocked).not.toBeNull();
    await change.confirm();
    expect(asked('confirm_change')).toEqual([]);
  });

  it('says so when the time ran out on a plan that was not blocked', async () => {
    const { room: change } = await room();
    vi.advanceTimersByTime(901_000);
    expect(change.blocked?.message).toBe(words.writing.over);
  });

  it('that was turned down is not sent again: another plan has to be read', async () => {
    const { room: change, asked } = await room({ confirm_change: () => Promise.reject(wireError({ message: 'The plan is older than ten minutes.' })) });
    await change.confirm();
    expect([change.stage, change.error?.message, change.reason, change.mayPlanAgain]).toEqual(['plan', 'The plan is older than ten minutes.', words.plan.spent, true]);
    await change.confirm();
    expect(asked('confirm_change')).toHaveLength(1);
    await change.again();
    expect([change.stage, change.spent, asked('plan_change').length]).toEqual(['plan', false, 2]);
  });

  it('whose end nobody knows offers no second plan', async () => {
    const { room: change } = await room({ confirm_change: () => Promise.reject(new Error('the core is gone')) });
    await change.confirm();
    expect([change.error?.changed.is, change.mayPlanAgain]).toEqual(['unknown', false]);
  });

  it('shows how far it is while it runs', async () => {
    const answer = pending<OrderWire>();
    const running = orderOf({ state: 'running', steps: [{ ...orderOf().steps[0]!, state: 'sent', evidence: null }] });
    const { room: change, asked } = await room({
      confirm_change: () => answer.promise,
      list_journal: () => ({ entries: [{ entry: 'order', order: running }], more: false, unsettled: 0 }),
    });
    const confirming = change.confirm();
    await vi.advanceTimersByTimeAsync(500);
    expect([change.stage, change.order?.steps[0]?.state]).toEqual(['running', 'sent']);
    expect(asked('list_journal')[0]).toMatchObject({ filter: '01J0PLAN', limit: 1 });
    answer.resolve(orderOf());
    await confirming;
    const looked = asked('list_journal').length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked('list_journal')).toHaveLength(looked);
  });

  it('goes on when one leaves, and tells its end', async () => {
    const answer = pending<OrderWire>();
    const { room: change, unseen, asked } = await room({ confirm_change: () => answer.promise });
    const confirming = change.confirm();
    change.leave();
    expect(asked('drop_plan')).toEqual([]);
    const end = orderOf({ state: 'unknown' });
    answer.resolve(end);
    await confirming;
    expect(unseen).toHaveBeenCalledWith('Disable sign', end);
  });
});

describe('an outcome', () => {
  it('that is not known is looked up, and nothing is sent again', async () => {
    const { room: change, asked } = await room({ confirm_change: () => orderOf({ state: 'unknown', error: wireError() }), check_order: () => orderOf() });
    await change.confirm();
    expect(change.order?.state).toBe('unknown');
    await change.check();
    expect([change.order?.state, asked('check_order'), asked('confirm_change').length]).toEqual(['done', [{ order: '01J0PLAN' }], 1]);
  });

  it('stays unknown where it cannot be looked up, with the reason', async () => {
    const { room: change } = await room({ confirm_change: () => orderOf({ state: 'unknown' }), check_order: () => Promise.reject(wireError({ message: 'No answer.' })) });
    await change.confirm();
    await change.check();
    expect([change.order?.state, change.afterError?.message, change.checking]).toEqual(['unknown', 'No answer.', false]);
  });

  it('is taken back by a plan of its own', async () => {
    const { room: change, asked } = await room({ plan_undo: () => planOf({ order: '01J0BACK', ask: 'enable', tier: 'undo', title: 'Enable sign' }) });
    await change.confirm();
    await change.begin({ undo: '01J0PLAN' });
    expect([change.stage, change.plan?.title, change.spent, change.reason]).toEqual(['plan', 'Enable sign', false, null]);
    await change.confirm();
    expect(asked('confirm_change').at(-1)).toEqual({ order: '01J0BACK', digest: 'abc', typed: null });
  });
});
