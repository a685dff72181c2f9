import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Commands, ConsumerLedger, ConsumerWire } from '../host/contract.gen';
import { HOST } from '../host/host';
import { TOASTS, Toasts } from '../kit/toasts.svelte';
import { Ledger } from '../rooms/consumer/ledger.svelte';
import { hostWith, wireError } from '../rooms/test-host';
import { consumers as words } from '../words/consumers';
import Consumers from './Consumers.svelte';
import Definition from './Definition.svelte';

const consumer = (parts: Partial<ConsumerWire> = {}): ConsumerWire => ({ id: 'C1', kind: 'door', name: 'front', owner: '', note: '', fields: { house: '7' }, roundTrip: false, instances: 1, tell: { is: 'checklist' }, realValues: false, ...parts });
const KINDS = { kinds: [{ kind: 'door', title: 'Door', fields: [{ name: 'house', label: 'House', help: '', required: true, shape: 'text' }], check: 'said', holdsTwo: false }] };
const PROFILES = [
  { name: '', useCase: 'round-trip', stateless: false, keepInCache: false, source: '', importance: 'high', strategy: 'halt' },
  { name: '', useCase: 'round-trip', stateless: true, keepInCache: true, source: '', importance: 'low', strategy: 'skip' },
];
const ledgerOf = (parts: Partial<ConsumerLedger> = {}): ConsumerLedger => ({ consumers: [consumer()], found: [], definition: null, profiles: PROFILES, ...parts });

function place(answers: Parameters<typeof hostWith>[0] = {}) {
  const host = hostWith({ list_consumers: () => ledgerOf(), consumer_kinds: () => KINDS, copy_text: () => ({ clearsAfter: null }), ...answers });
  const context = new Map<symbol, unknown>([[HOST, host], [TOASTS, new Toasts()]]);
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, context, asked };
}

async function show(answers: Parameters<typeof hostWith>[0] = {}) {
  const { context, asked } = place(answers);
  const onchanged = vi.fn();
  render(Consumers, { props: { reference: 'home/cellar/sign', onchanged }, context });
  await vi.waitFor(() => expect(screen.queryByText(words.reading)).toBeNull());
  await vi.waitFor(() => expect(asked('consumer_kinds')).toHaveLength(1));
  return { asked, onchanged };
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

describe('the ledger', () => {
  it('says that it is never complete, who is in it, and how each is told', async () => {
    await show({ list_consumers: () => ledgerOf({ consumers: [consumer({ name: 'front <b>x</b>', roundTrip: true, instances: 3, tell: { is: 'webhook', url: 'https://x', authority: '' } })] }) });
    const text = screen.getByTestId('consumers').textContent;
    for (const part of [words.incomplete, 'front <b>x</b>', 'Door', words.noOwner, 'told by a webhook', '3 instances', words.roundTrip]) expect(text).toContain(part);
    expect(document.querySelector('.name b')).toBeNull();
  });

  it('takes what was found as it is, unless its kind asks for more', async () => {
    const found = [{ from: 'a tag', consumer: consumer({ id: '', name: 'back' }) }, { from: 'a tag', consumer: consumer({ id: '', name: 'side', fields: {} }) }];
    const { asked, onchanged } = await show({ list_consumers: () => ledgerOf({ found }), save_consumer: ({ consumer: one }) => ({ ...one, id: 'C2' }) });
    await press(words.addFoundOf('back'));
    await vi.waitFor(() => expect(onchanged).toHaveBeenCalledTimes(1));
    expect(asked('save_consumer')).toEqual([{ reference: 'home/cellar/sign', consumer: consumer({ id: '', name: 'back' }), secret: null }]);
    await press(words.addFoundOf('side'));
    expect(asked('save_consumer')).toHaveLength(1);
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('side');
  });

  it('keeps what was typed where it is not saved, but never the secret', async () => {
    const { asked, onchanged } = await show({ save_consumer: () => Promise.reject(wireError({ message: 'The address is no https address.' })) });
    await press(words.editOf('front'));
    const dialog = screen.getByRole('dialog');
    await fireEvent.click(within(dialog).getByRole('radio', { name: /By a webhook/ }));
    await fireEvent.input(within(dialog).getByLabelText(words.editor.url), { target: { value: 'http://x' } });
    const secret = within(dialog).getByLabelText<HTMLInputElement>(words.editor.secret);
    expect([secret.type, secret.value]).toEqual(['password', '']);
    await fireEvent.input(secret, { target: { value: 's3cret' } });
    await press(words.editor.save);
    await vi.waitFor(() => expect(dialog.textContent).toContain('The address is no https address.'));
    expect(asked('save_consumer')).toMatchObject([{ secret: 's3cret', consumer: { id: 'C1', tell: { is: 'webhook', url: 'http://x' } } }]);
    expect([within(dialog).getByLabelText<HTMLInputElement>(words.editor.url).value, secret.value]).toEqual(['http://x', '']);
    expect(dialog.textContent).toContain('has to be typed again');
    expect(onchanged).not.toHaveBeenCalled();
  });

  it('asks for what is missing before it sends anything', async () => {
    const { asked } = await show();
    await press(words.add);
    await press(words.editor.save);
    await vi.waitFor(() => expect(screen.getByText(words.editor.needed('House'))).toBeTruthy());
    expect(asked('save_consumer')).toEqual([]);
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
  });

  it('lets a consumer go only after a second word', async () => {
    const { asked, onchanged } = await show({ remove_consumer: () => ({}) });
    await press(words.removeOf('front'));
    expect(asked('remove_consumer')).toEqual([]);
    await press(words.removeConfirm);
    await vi.waitFor(() => expect(onchanged).toHaveBeenCalled());
    expect(asked('remove_consumer')).toEqual([{ reference: 'home/cellar/sign', consumer: 'C1' }]);
  });

  it('that cannot be read says why, and is read again on demand', async () => {
    let times = 0;
    await show({ list_consumers: () => (times++ === 0 ? Promise.reject(wireError({ message: 'The file is locked.' })) : ledgerOf()) });
    await vi.waitFor(() => expect(screen.getByText('The file is locked.')).toBeTruthy());
    await press('Try again');
    await vi.waitFor(() => expect(screen.getByText('front')).toBeTruthy());
  });
});

describe('the definition of a key', () => {
  async function define(answers: Parameters<typeof hostWith>[0] = {}) {
    const { host, context, asked } = place(answers);
    const ledger = new Ledger(host);
    await ledger.open('home/cellar/sign');
    render(Definition, { props: { ledger, name: 'sign' }, context });
    await press(words.definition.define);
    return { asked };
  }

  it('begins by how much hangs on the key, and shows the call', async () => {
    const { asked } = await define({ save_definition: ({ definition }) => ({ definition, python: `define_key("${definition.name}")` }) });
    await fireEvent.change(screen.getByLabelText(words.definition.importance), { target: { value: 'low' } });
    expect(screen.getByLabelText<HTMLInputElement>(words.definition.stateless).checked).toBe(true);
    await press(words.definition.save);
    await vi.waitFor(() => expect(screen.getByText('define_key("sign")')).toBeTruthy());
    expect(asked('save_definition')).toEqual([{ reference: 'home/cellar/sign', definition: { ...PROFILES[1], name: 'sign' } }]);
    await press(words.definition.copy);
    expect(asked('copy_text')).toEqual([{ text: 'define_key("sign")' }]);
  });

  it('keeps what was typed where it is not saved', async () => {
    await define({ save_definition: () => Promise.reject(wireError({ message: 'The disk is full.' })) });
    await fireEvent.input(screen.getByLabelText(words.definition.source), { target: { value: 'from_cellar' } });
    await press(words.definition.save);
    await vi.waitFor(() => expect(screen.getByText('The disk is full.')).toBeTruthy());
    expect(screen.getByLabelText<HTMLInputElement>(words.definition.source).value).toBe('from_cellar');
  });
});
