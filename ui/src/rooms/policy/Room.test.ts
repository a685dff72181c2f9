import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Commands } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { policy as words } from '../../words/policy';
import { Writing, WRITING } from '../change/writing.svelte';
import Room from './Room.svelte';

const KEY = 'payments-prod/eu-west-1/payments-sign';

beforeEach(() => {
  // jsdom lays nothing out; the editor measures its lines.
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
});

async function show(reference = KEY, host = new FakeHost()) {
  const writing = new Writing(host);
  await writing.allow('payments-prod');
  const navigation = new Navigation();
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, new Toasts()], [WRITING, writing]]);
  render(Room, { props: { reference, now: Date.now() }, context });
  await vi.waitFor(() => expect(screen.getByTestId('policy-room').dataset['read']).toBe('true'));
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, asked, navigation };
}

const open = (tab: keyof typeof words.tabs) => fireEvent.click(screen.getByRole('tab', { name: new RegExp(`^${words.tabs[tab].replace('?', '\\?')}( |$)`) }));
const isRead = () => vi.waitFor(() => expect(screen.getByTestId('policy-room').dataset['read']).toBe('true'));
const apply = () => screen.getByTestId('policy-apply');
const isOff = (element: HTMLElement) => element.getAttribute('aria-disabled') === 'true';

async function addHeroku() {
  await fireEvent.click(screen.getByTestId('policy-add'));
  await fireEvent.click(await screen.findByRole('button', { name: 'Heroku' }));
  expect((screen.getByLabelText('Account') as HTMLInputElement).value).toBe('021876802972');
  await fireEvent.click(screen.getByRole('button', { name: words.add.add }));
  await vi.waitFor(() => expect(screen.queryByTestId('policy-add-form')).toBeNull());
  await isRead();
}

describe('the room of a policy', () => {
  it('adds another account by a known answer, says what changes, and applies it', async () => {
    const { host, asked } = await show();
    expect(isOff(apply())).toBe(true);
    await addHeroku();
    expect(screen.getByTestId('policy-differences').textContent).toContain('021876802972');
    expect(screen.getByTestId('lockout').dataset['caller']).toBe('keeps');
    await fireEvent.click(apply());
    await fireEvent.click(await screen.findByTestId('change-confirm'));
    await vi.waitFor(() => expect(screen.getByTestId('outcome').dataset['state']).toBe('done'));
    await vi.waitFor(() => expect(screen.getByTestId('policy-applied').dataset['state']).toBe('done'));
    expect(asked('plan_change')).toHaveLength(1);
    // Nothing was asked that the room had not asked already.
    expect(asked('change_questions')).toEqual([]);
    expect(host.policies.texts.get(KEY)).toContain('021876802972');
    expect(isOff(apply())).toBe(true);
  });

  it('blocks what would lock its sender out, and says by which switch it will not be sent', async () => {
    const { asked } = await show();
    await open('statements');
    await fireEvent.click(screen.getByRole('button', { name: words.statements.removeOf('1. Root') }));
    await vi.waitFor(() => expect(screen.getByTestId('lockout').dataset['caller']).toBe('loses'));
    expect(screen.getByTestId('lockout').getAttribute('role')).toBe('alert');
    expect(isOff(apply())).toBe(true);
    const said = apply().getAttribute('aria-describedby')!.split(' ').map((id) => document.getElementById(id)?.textContent);
    expect(said.join(' ')).toContain('BypassPolicyLockoutSafetyCheck');
    expect(apply().title).toContain('BypassPolicyLockoutSafetyCheck');
    await fireEvent.click(apply());
    expect(asked('plan_change')).toEqual([]);
  });

  it('shows who can before and after, power by power, and what is not decided here as such', async () => {
    await show();
    await addHeroku();
    await open('who');
    const table = screen.getByRole('table', { name: words.who.can('decrypt') });
    const row = within(table).getByRole('row', { name: /021876802972/ });
    expect(within(row).getByText(words.who.cannot)).toBeTruthy();
    expect(row.textContent).toContain(words.who.is['depends-on']);
    expect(row.textContent).toContain(words.who.changes);
    const same = within(table).getByRole('row', { name: /settlement-batch/ });
    expect(same.textContent).not.toContain(words.who.changes);
  });

  it('writes a statement by its form into the text', async () => {
    const { host } = await show();
    await open('statements');
    const form = within(screen.getByTestId('statement-1'));
    await fireEvent.input(form.getByLabelText('Action'), { target: { value: 'kms:Sign' } });
    await fireEvent.click(form.getByRole('button', { name: words.statements.write }));
    await open('differences');
    await vi.waitFor(() => expect(screen.getByTestId('policy-differences').textContent).toContain('will no longer be able to decrypt'));
    expect(host.policies.texts.size).toBe(0);
  });

  it('puts an older text into the editor as a draft', async () => {
    const host = new FakeHost();
    host.policies.past.set(KEY, [{ order: '01JOLD', at: '2026-11-20T10:00:00Z', actor: 'maria', before: '{"Statement":[]}' }]);
    const { asked } = await show(KEY, host);
    await open('history');
    await fireEvent.click(screen.getByRole('button', { name: /what it read before/ }));
    await vi.waitFor(() => expect(screen.getByTestId('lockout').dataset['caller']).toBe('loses'));
    expect(asked('plan_change')).toEqual([]);
  });

  it('offers a draft from before, and shows the policy as it is until then', async () => {
    const host = new FakeHost();
    const { base } = { base: (await host.ask('open_policies', { reference: KEY })).policies[0]!.text };
    host.policies.drafts.set(KEY, { base, text: '{"Statement":[]}', at: '2026-11-20T10:00:00Z' });
    await show(KEY, host);
    expect(screen.getByTestId('lockout').dataset['caller']).toBe('keeps');
    expect(isOff(screen.getByTestId('policy-add'))).toBe(true);
    await fireEvent.click(screen.getByRole('button', { name: words.draft.goOn }));
    await vi.waitFor(() => expect(screen.getByTestId('lockout').dataset['caller']).toBe('loses'));
    expect(screen.queryByTestId('policy-earlier')).toBeNull();
  });

  it('shows three texts where somebody else was quicker, and sends nothing', async () => {
    const host = new FakeHost();
    const { asked } = await show(KEY, host);
    await addHeroku();
    host.policies.texts.set(KEY, '{"Statement":[]}');
    await fireEvent.click(apply());
    const moved = await screen.findByTestId('policy-moved');
    for (const title of [words.moved.began, words.moved.now, words.moved.draft]) expect(within(moved).getByText(words.moved.whole(title))).toBeTruthy();
    expect(asked('plan_change')).toEqual([]);
    await fireEvent.click(within(moved).getByRole('button', { name: words.moved.discard }));
    await vi.waitFor(() => expect(screen.queryByTestId('policy-moved')).toBeNull());
  });

  it('tells which statement would answer a request', async () => {
    await show();
    await open('ask');
    await fireEvent.click(screen.getByRole('button', { name: words.ask.run }));
    expect(screen.getByRole('alert').textContent).toBe(words.ask.missing);
    await fireEvent.input(screen.getByLabelText(words.ask.caller), { target: { value: 'arn:aws:iam::111122223333:role/settlement-batch' } });
    await fireEvent.input(screen.getByLabelText(words.ask.action), { target: { value: 'kms:Decrypt' } });
    await fireEvent.click(screen.getByRole('button', { name: words.ask.run }));
    await vi.waitFor(() => expect(screen.getByTestId('policy-answer').dataset['verdict']).toBe('allowed'));
  });

  it('says why there is none where a place has none', async () => {
    const host = new FakeHost();
    const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, new Navigation()], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]);
    render(Room, { props: { reference: 'practice/keystore/x', now: 0 }, context });
    expect(await screen.findByText(/This kind of place has no policies/)).toBeTruthy();
  });
});
