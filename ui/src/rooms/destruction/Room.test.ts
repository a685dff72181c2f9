import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Commands } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { destruction as words } from '../../words/destruction';
import { Writing, WRITING } from '../change/writing.svelte';
import Room from './Room.svelte';

async function show(reference: string | null, host = new FakeHost()) {
  const id = reference === null ? host.destructions.list()[0]!.id : host.destructions.begin([reference]).destructions[0]!.row.id;
  const writing = new Writing(host);
  await Promise.all(['payments-prod', 'vault-prod'].map((connection) => writing.allow(connection)));
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, new Navigation()], [TOASTS, new Toasts()], [WRITING, writing]]);
  render(Room, { props: { destruction: id }, context });
  await vi.waitFor(() => expect(screen.getByTestId('destruction-room').dataset['view']).toBeTruthy());
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, asked };
}

const deed = (word: string) => screen.getByTestId(`deed-${word}`);
const reason = (word: string) => document.getElementById(deed(word).getAttribute('aria-describedby') ?? '')?.textContent ?? '';
const at = (view: string) => vi.waitFor(() => expect(screen.getByTestId('destruction-room').dataset['view']).toBe(view));

describe('the evidence', () => {
  it('of a use inside the window is shown with its source, and locks the way on', async () => {
    await show('payments-prod/eu-west-1/payments-sign');
    expect(screen.getByTestId('last-use').textContent).toContain('last used for Decrypt');
    expect(screen.getByText('kms:GetKeyLastUsage')).toBeTruthy();
    expect(deed('go-on').getAttribute('aria-disabled')).toBe('true');
    expect(reason('go-on')).toContain('within 30 days');
  });

  it('is spoken for by name and with a reason, and what was said can be taken back', async () => {
    const { asked } = await show('payments-prod/eu-west-1/snow-etl');
    const word = 'acknowledge:alias:alias/old';
    await fireEvent.click(deed(word));
    expect(asked('note_destruction')).toEqual([]);
    await fireEvent.input(screen.getByTestId(`grounds-${word}`), { target: { value: 'nobody names it' } });
    await fireEvent.click(deed(word));
    await screen.findByRole('button', { name: new RegExp(words.evidence.withdraw) });
    expect(deed('go-on').getAttribute('aria-disabled')).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: new RegExp(words.evidence.withdraw) }));
    await vi.waitFor(() => expect(deed('go-on').getAttribute('aria-disabled')).toBe('true'));
  });
});

describe('the rules', () => {
  it('are kept before it goes on, and a soak of no days is warned of', async () => {
    const { asked } = await show('payments-prod/eu-west-1/snow-etl');
    await fireEvent.input(screen.getByTestId('rule-soak'), { target: { value: '0' } });
    expect(screen.getByText(words.settings.soakNone)).toBeTruthy();
    await fireEvent.input(screen.getByTestId('rule-wait'), { target: { value: '99' } });
    expect(screen.getByText(words.settings.bad(7, 30))).toBeTruthy();
    await fireEvent.input(screen.getByTestId('rule-wait'), { target: { value: '7' } });
    await fireEvent.click(deed('settle'));
    await vi.waitFor(() => expect(asked('note_destruction')).toHaveLength(1));
    expect(asked('note_destruction')[0]).toMatchObject({ note: { is: 'settle', settings: { soakDays: 0, waitDays: 7, windowDays: 30 } } });
  });
});

describe('the countdown', () => {
  it('shows what is left, and is called off by a plan that is read first', async () => {
    const { asked } = await show(null);
    await at('waiting');
    expect(screen.getByTestId('countdown').textContent).toMatch(/1[12] days/);
    expect(screen.queryByTestId('grounds-keep')).toBeNull();
    await fireEvent.click(deed('plan:cancel'));
    const confirm = await screen.findByTestId('rotation-confirm');
    expect(asked('confirm_destruction')).toEqual([]);
    await fireEvent.click(confirm);
    await at('schedule');
    expect(asked('confirm_destruction')).toHaveLength(1);
  });
});

describe('the sheet', () => {
  it('can be saved in both forms at any time', async () => {
    const { asked } = await show(null);
    await fireEvent.click(screen.getByTestId('sheet-html'));
    await vi.waitFor(() => expect(screen.getByTestId('sheet-json').getAttribute('aria-busy')).toBeNull());
    await fireEvent.click(screen.getByTestId('sheet-json'));
    await vi.waitFor(() => expect(asked('save_destruction_sheet').map((request) => (request as { form: string }).form)).toEqual(['html', 'json']));
    expect(within(screen.getByTestId('destruction-room')).getByText(words.sheet.about)).toBeTruthy();
  });
});
