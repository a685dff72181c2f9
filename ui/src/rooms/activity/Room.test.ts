import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { FakeHost, type FakeChoices } from '../../host/fake';
import { HOST } from '../../host/host';
import { QueryHost } from '../../host/query.svelte';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { activity as words } from '../../words/activity';
import { change } from '../../words/change';
import { Writing, WRITING } from '../change/writing.svelte';
import Room from './Room.svelte';

async function show(choices: FakeChoices = {}, reference: string | null = null) {
  const host = new FakeHost(choices);
  const kept = new QueryHost(host);
  const navigation = new Navigation();
  const toasts = new Toasts();
  const writing = new Writing(kept);
  const onchange = vi.fn();
  const context = new Map<symbol, unknown>([[HOST, kept], [NAVIGATION, navigation], [TOASTS, toasts], [WRITING, writing]]);
  render(Room, { props: { reference, nameOf: (one: string) => one.split('/').at(-1) ?? one, markOf: () => 'production' as const, onchange }, context });
  await screen.findByTestId('chain');
  if (reference === null) await screen.findByRole('grid');
  const asked = (command: string) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, navigation, toasts, writing, onchange, asked };
}

const row = (name: string) => screen.getAllByRole('row').find((one) => one.textContent?.includes(name))!;
const detail = () => screen.getByTestId('activity-detail');
const button = (name: string) => within(detail()).getByRole('button', { name });

describe('the list of changes', () => {
  it('shows the newest first with who, what, where and the result, and the details of the row one is on', async () => {
    await show();
    const rows = within(screen.getByRole('grid')).getAllByRole('row').slice(1);
    const numbers = rows.map((one) => Number(one.dataset['sequence']));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(row('Disable snow-etl').textContent).toContain(words.results.unknown);
    rows[0]!.focus();
    await fireEvent.keyDown(rows[0]!, { key: 'ArrowDown' });
    await tick();
    expect(document.activeElement).toBe(rows[1]);
    expect(within(detail()).getByRole('heading', { level: 2 }).textContent).toBe('Create the key ledger-2027');
    await fireEvent.keyDown(rows[1]!, { key: 'Enter' });
    expect(document.activeElement).toBe(detail());
  });

  it('is filtered by what is typed, and says when nothing fits', async () => {
    const { asked } = await show();
    const box = screen.getByRole('searchbox', { name: words.filter.label });
    await fireEvent.input(box, { target: { value: 'result:unknown' } });
    await vi.waitFor(() => expect(screen.getByTestId('entry-count').textContent).toBe('1 entry'));
    expect(asked('list_journal').at(-1)).toMatchObject({ filter: 'result:unknown' });
    await fireEvent.input(box, { target: { value: 'ask:never' } });
    await screen.findByText(words.empty.filtered);
    await fireEvent.keyDown(box, { key: 'Escape' });
    await screen.findByRole('grid');
  });

  it('of an item shows that item’s alone, and the way to all of them', async () => {
    const { navigation, asked } = await show({}, 'payments-prod/eu-west-1/snow-etl');
    await vi.waitFor(() => expect(within(screen.getByRole('grid')).getAllByRole('row')).toHaveLength(2));
    expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('of snow-etl');
    expect(asked('list_journal').at(-1)).toMatchObject({ reference: 'payments-prod/eu-west-1/snow-etl' });
    await fireEvent.click(screen.getByRole('button', { name: words.allItems }));
    expect(navigation.here).toEqual({ room: 'activity', reference: null });
  });

  it('tells an item without changes from a journal without any', async () => {
    await show({}, 'payments-prod/eu-west-1/never-changed');
    await screen.findByText(words.empty.item);
  });
});

describe('an entry', () => {
  it('whose outcome is unknown is looked up by “Check now”', async () => {
    const { asked } = await show();
    await fireEvent.click(row('Disable snow-etl'));
    await fireEvent.click(button(change.buttons.check));
    await vi.waitFor(() => expect(screen.getByTestId('outcome').dataset['state']).toBe('done'));
    expect(asked('check_order')).toEqual([{ order: '01JDX02LOST' }]);
    expect(within(detail()).queryByRole('button', { name: change.buttons.check })).toBeNull();
  });

  it('that was paused goes on only where changes are allowed', async () => {
    const { asked } = await show();
    await fireEvent.click(row('Create the key ledger-2027'));
    expect(button(change.buttons.continue).getAttribute('aria-disabled')).toBe('true');
    await fireEvent.click(button(change.buttons.continue));
    expect(asked('continue_order')).toEqual([]);
    await fireEvent.click(button(change.writing.allow));
    await vi.waitFor(() => expect(button(change.buttons.continue).getAttribute('aria-disabled')).toBeNull());
    await fireEvent.click(button(change.buttons.continue));
    await vi.waitFor(() => expect(screen.getByTestId('outcome').dataset['state']).toBe('done'));
  });

  it('that was paused is given up only after reading what stays and what is left', async () => {
    const { asked } = await show();
    await fireEvent.click(row('Create the key ledger-2027'));
    await fireEvent.click(button(change.buttons.giveUp));
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('Name it');
    expect(asked('abandon_order')).toEqual([]);
    await fireEvent.click(within(dialog).getByRole('button', { name: words.giveUp.confirm }));
    await vi.waitFor(() => expect(screen.getByTestId('outcome').dataset['state']).toBe('abandoned'));
    expect(detail().textContent).toContain('Done: create the key.');
  });

  it('that can be taken back offers it by its right name, and opens its item', async () => {
    const { onchange, navigation } = await show();
    await fireEvent.click(row('Change the tags of payments-sign'));
    await fireEvent.click(button(change.buttons.undo));
    expect(onchange).toHaveBeenCalledWith({ undo: '01JDX00TAGS' });
    await fireEvent.click(row('Schedule the deletion of old-hmac'));
    await fireEvent.click(button(change.buttons.rollBack));
    expect(onchange).toHaveBeenLastCalledWith({ undo: '01JDX04SCHD' });
    await fireEvent.click(button(words.facts.openItem('payments-prod/eu-west-1/old-hmac')));
    expect(navigation.here).toEqual({ room: 'item', reference: 'payments-prod/eu-west-1/old-hmac' });
  });

  it('that was refused shows the whole error, and its records with their hashes', async () => {
    await show();
    await fireEvent.click(row('Delete gateway-old'));
    for (const text of ['Vault refused', 'Nothing was changed.', 'update on transit/keys/gateway-old/config', '44ab10c2-77']) expect(detail().textContent).toContain(text);
    expect(within(detail()).getByText(words.records.title(3))).toBeTruthy();
    expect(within(detail()).getAllByRole('row', { hidden: true })).toHaveLength(4);
  });
});

describe('the chain', () => {
  it('says that it is sound, how long it is, and where it is sealed', async () => {
    await show();
    await vi.waitFor(() => expect(screen.getByTestId('chain').textContent).toContain('sealed in the keyring'));
    expect(screen.queryByText(words.chain.memoryWhy)).toBeNull();
  });

  it('says what cannot be seen without a keyring', async () => {
    await show({ keyless: true });
    expect(await screen.findByText(words.chain.memoryWhy)).toBeTruthy();
  });

  it('that is broken says what and what next, and is gone on from only after a confirmation', async () => {
    const { asked } = await show({ broken: true });
    await screen.findByText(words.chain.unsound);
    expect(screen.getByTestId('chain').textContent).toContain(words.chain.at(12));
    await fireEvent.click(screen.getByRole('button', { name: words.chain.accept }));
    const dialog = await screen.findByRole('dialog');
    expect(asked('accept_journal')).toEqual([]);
    await fireEvent.click(within(dialog).getByRole('button', { name: words.chain.acceptConfirm }));
    await vi.waitFor(() => expect(screen.queryByText(words.chain.unsound)).toBeNull());
    expect(asked('accept_journal')).toHaveLength(1);
  });

  it('is saved for an auditor', async () => {
    const { toasts } = await show();
    await fireEvent.click(screen.getByRole('button', { name: words.exportButton }));
    await vi.waitFor(() => expect(toasts.notices[0]?.text).toContain('/home/maria/journal.jsonl'));
  });
});
