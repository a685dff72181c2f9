import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { change as words } from '../../words/change';
import { hostWith, orderOf, planOf, question, wireError } from '../test-host';
import Room from './Room.svelte';
import type { Wanted } from './room.svelte';
import { Writing, WRITING } from './writing.svelte';

const DISABLE: Wanted = { ask: 'disable', target: { is: 'item', reference: 'home/cellar/sign' }, name: 'sign', about: null };

async function show(answers: Parameters<typeof hostWith>[0] = {}, { open = true, wanted = DISABLE, stage = 'plan' }: { open?: boolean; wanted?: Wanted; stage?: string } = {}) {
  const host = hostWith({
    change_questions: () => ({ questions: [] }),
    plan_change: () => planOf({ blocked: open ? null : wireError({ message: 'This connection only reads.' }) }),
    confirm_change: () => orderOf(),
    drop_plan: () => ({}),
    list_journal: () => ({ entries: [], more: false, unsettled: 0 }),
    set_write_mode: () => ({ until: new Date(Date.now() + 900_000).toISOString() }),
    copy_text: () => ({ clearsAfter: null }),
    ...answers,
  });
  const writing = new Writing(host);
  if (open) await writing.allow('home');
  const navigation = new Navigation();
  const onclose = vi.fn();
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, new Toasts()], [WRITING, writing]]);
  const view = render(Room, { props: { wanted, onclose }, context });
  await vi.waitFor(() => expect(screen.getByTestId('change-room').dataset['stage']).toBe(stage));
  await tick();
  const asked = (command: string) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, asked, navigation, onclose, writing, ...view };
}

const button = (name: string) => screen.getByRole('button', { name });
const press = (name: string) => fireEvent.click(button(name));
const settled = (state: string) => vi.waitFor(() => expect(screen.getByTestId('outcome').dataset['state']).toBe(state));

describe('a plan', () => {
  it('shows what is different, what to know, through what and as whom, and every call', async () => {
    const { asked } = await show({
      plan_change: () => planOf({ environment: 'production', actor: 'role KeyAdmin', effects: ['Nobody can sign.'], warnings: ['It was used today. <b>x</b>'], undo: 'roll-back' }),
    });
    const plan = screen.getByTestId('change-plan');
    for (const text of ['PRODUCTION', 'home', 'role KeyAdmin', 'Nobody can sign.', 'It was used today. <b>x</b>', 'Lock the door', 'cellar:Lock', 'cellar lock sign', words.plan.undo['roll-back']]) {
      expect(plan.textContent).toContain(text);
    }
    expect(plan.querySelector('b')).toBeNull();
    await press(words.plan.copyCommand(1));
    expect(asked('copy_text')).toEqual([{ text: 'cellar lock sign' }]);
  });

  it('of consequences is confirmed by its own verb, and never by Enter where one reads', async () => {
    const { asked } = await show();
    expect(document.activeElement).toBe(screen.getByTestId('change-room'));
    await fireEvent.keyDown(document.activeElement!, { key: 'Enter' });
    expect(asked('confirm_change')).toEqual([]);
    await press('Disable');
    await settled('done');
    expect(screen.getByText('A reading shows the door locked.')).toBeTruthy();
    expect(screen.getByText('req-1')).toBeTruthy();
  });

  it('is dropped when the dialog is closed', async () => {
    const { asked, onclose, unmount } = await show();
    await press(words.plan.keep);
    expect(onclose).toHaveBeenCalled();
    unmount();
    expect(asked('drop_plan')).toEqual([{ order: '01J0PLAN' }]);
  });

  it('says why it cannot be confirmed, and lets one allow changes here', async () => {
    const { asked } = await show({}, { open: false });
    expect(screen.getByText('This connection only reads.')).toBeTruthy();
    expect(button('Disable').getAttribute('aria-disabled')).toBe('true');
    await press('Disable');
    expect(asked('confirm_change')).toEqual([]);
    await press(words.writing.allow);
    await vi.waitFor(() => expect(button('Disable').getAttribute('aria-disabled')).toBeNull());
    expect(asked('set_write_mode')).toEqual([{ connection: 'home', on: true }]);
    await press('Disable');
    await settled('done');
  });

  it('that wants a name takes no paste, no Enter and no Ctrl+Enter', async () => {
    const { asked } = await show({ plan_change: () => planOf({ ask: 'schedule-deletion', tier: 'name' }) });
    const field = screen.getByLabelText(words.plan.type('sign'));
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    field.dispatchEvent(paste);
    await tick();
    expect(paste.defaultPrevented).toBe(true);
    expect(screen.getByText(words.plan.pasted)).toBeTruthy();
    expect(button('Schedule deletion').getAttribute('aria-disabled')).toBe('true');
    await fireEvent.input(field, { target: { value: 'sign' } });
    await fireEvent.keyDown(field, { key: 'Enter' });
    await fireEvent.keyDown(field, { key: 'Enter', ctrlKey: true });
    expect(asked('confirm_change')).toEqual([]);
    await press('Schedule deletion');
    await settled('done');
    expect(asked('confirm_change')).toEqual([{ order: '01J0PLAN', digest: 'abc', typed: 'sign' }]);
  });

  it('that was turned down shows the whole error and cannot be pressed again', async () => {
    const { asked } = await show({ confirm_change: () => Promise.reject(wireError({ message: 'The plan is gone.', permission: 'cellar:Lock' })) });
    await press('Disable');
    await vi.waitFor(() => expect(screen.getByText('The plan is gone.')).toBeTruthy());
    for (const text of ['Nothing was changed.', 'Ask for the permission.', 'cellar:Lock']) expect(screen.getByRole('alert').textContent).toContain(text);
    expect(screen.queryByRole('button', { name: 'Disable' })).toBeNull();
    expect(asked('confirm_change')).toHaveLength(1);
    await press(words.buttons.planAgain);
    await vi.waitFor(() => expect(button('Disable')).toBeTruthy());
  });
});

describe('the form of a change', () => {
  const QUESTIONS = [
    question({ name: 'name', label: 'Name', required: true }),
    question({ name: 'kind', label: 'Kind', kind: 'choice', choices: [['rsa', 'RSA'], ['ec', 'EC']], required: true }),
    question({ name: 'curve', label: 'Curve', required: true, shownWhen: ['kind', ['ec']] }),
    question({ name: 'uses', label: 'Uses', kind: 'several', choices: [['sign', 'Signing'], ['wrap', 'Wrapping']] }),
    question({ name: 'tags', label: 'Tags', kind: 'pairs', preset: '[["team","pay"]]' }),
    question({ name: 'value', label: 'Value', kind: 'secret', required: true }),
    question({ name: 'replica', label: 'Replica', kind: 'flag' }),
  ];
  const wanted: Wanted = { ask: 'create-key', target: { is: 'vault', connection: 'home', vault: 'cellar' }, name: 'Cellar', about: null };
  const sent: Record<string, string>[] = [];
  const form = () =>
    show(
      {
        change_questions: () => ({ questions: QUESTIONS }),
        plan_change: ({ secrets }) => {
          sent.push({ ...secrets });
          return planOf();
        },
      },
      { wanted, stage: 'form' },
    );

  it('leads to what is missing, and asks no more than that', async () => {
    const { asked } = await form();
    await fireEvent.submit(document.getElementById('change-form')!);
    await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Name')));
    expect(screen.getByText(words.form.problems.required('Value'))).toBeTruthy();
    expect(screen.queryByLabelText('Curve')).toBeNull();
    expect(asked('plan_change')).toEqual([]);
  });

  it('sends every kind of answer in its own form', async () => {
    const { asked } = await form();
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'ledger' } });
    await fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'ec' } });
    await fireEvent.input(screen.getByLabelText('Curve'), { target: { value: 'P-256' } });
    await fireEvent.click(screen.getByLabelText('Wrapping'));
    await fireEvent.click(screen.getByLabelText('Signing'));
    await press(words.form.pairs.addTo('Tags'));
    await fireEvent.input(screen.getByLabelText(words.form.pairs.keyOf(2)), { target: { value: 'env' } });
    await fireEvent.input(screen.getByLabelText(words.form.pairs.valueOf(2)), { target: { value: 'dev' } });
    await press(words.form.pairs.remove('team', 1));
    const secret = screen.getByLabelText('Value') as HTMLInputElement;
    expect(secret.type).toBe('password');
    await fireEvent.input(secret, { target: { value: 's3cret' } });
    await fireEvent.click(screen.getByLabelText('Replica'));
    await press(words.form.next);
    await vi.waitFor(() => expect(screen.getByTestId('change-room').dataset['stage']).toBe('plan'));
    const [request] = asked('plan_change') as [{ answers: Record<string, string>; secrets: Record<string, string> }];
    expect(request.answers).toEqual({ name: 'ledger', kind: 'ec', curve: 'P-256', uses: 'sign,wrap', tags: '[["env","dev"]]', replica: 'true' });
    // Once it was answered, the window has wiped what it sent.
    expect([request.secrets, sent]).toEqual([{ value: '' }, [{ value: 's3cret' }]]);
    expect(new XMLSerializer().serializeToString(document.body)).not.toContain('s3cret');
  });
});

describe('an outcome', () => {
  it('that is unknown says so, can be looked up, and is never sent again', async () => {
    const { asked, navigation, onclose } = await show({
      confirm_change: () => orderOf({ state: 'unknown', undo: 'no', error: wireError({ message: 'No answer came.', changed: { is: 'unknown' } }) }),
      check_order: () => orderOf(),
    });
    await press('Disable');
    await settled('unknown');
    const outcome = screen.getByTestId('outcome');
    for (const text of [words.outcome.unknown, 'No answer came.', words.outcome.unknownAbout]) expect(outcome.textContent).toContain(text);
    expect(screen.queryByRole('button', { name: 'Disable' })).toBeNull();
    await press(words.buttons.check);
    await settled('done');
    expect([asked('check_order').length, asked('confirm_change').length]).toEqual([1, 1]);
    expect(navigation.here).toEqual({ room: 'inventory' });
    expect(onclose).not.toHaveBeenCalled();
  });

  it('that was refused shows all of the error, and where it stands', async () => {
    const { navigation, onclose } = await show({
      confirm_change: () => orderOf({ state: 'abandoned', undo: 'no', error: wireError({ message: 'The service refused.', permission: 'cellar:Lock', refusedBy: 'Cellar' }) }),
    });
    await press('Disable');
    await settled('abandoned');
    for (const text of ['The service refused.', 'Nothing was changed.', 'Ask for the permission.', 'cellar:Lock', 'Cellar']) {
      expect(screen.getByTestId('outcome').textContent).toContain(text);
    }
    await press(words.buttons.activity);
    expect(navigation.here).toEqual({ room: 'activity', reference: null });
    expect(onclose).toHaveBeenCalled();
  });

  it.each([
    ['whole', words.buttons.undo],
    ['roll-back', words.buttons.rollBack],
  ] as const)('that can be taken back %s offers “%s”, which is a plan of its own', async (undo, name) => {
    const { asked } = await show({ confirm_change: () => orderOf({ undo }), plan_undo: () => planOf({ order: '01J0BACK', ask: 'enable', title: 'Enable sign', tier: 'undo' }) });
    await press('Disable');
    await settled('done');
    await press(name);
    await vi.waitFor(() => expect(button('Enable')).toBeTruthy());
    expect(within(screen.getByRole('dialog')).getByRole('heading', { level: 2 }).textContent).toBe('Enable sign');
    expect(asked('plan_undo')).toEqual([{ order: '01J0PLAN' }]);
  });
});
