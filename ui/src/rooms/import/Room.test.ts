import { fireEvent, render, screen, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import type { Commands, ImportWire } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { change } from '../../words/change';
import { imports as words } from '../../words/imports';
import { wizard } from '../../words/wizard';
import { Writing, WRITING } from '../change/writing.svelte';
import { InventoryRoom } from '../inventory/room.svelte';
import { hostWith, importOf, wireError, wrappingKey } from '../test-host';
import Room from './Room.svelte';

/** Half way: the key that waits is made, and its wrapping key is not fetched. */
const HALF = '01JIMP000001';
const OVER = '01JIMP000002';
const ORDERS = 'vault-prod/transit/orders-transit';

async function show(id: string, { host = new FakeHost(), write = true, into = null as { connection: string; vault: string } | null } = {}) {
  const writing = new Writing(host);
  if (write) await Promise.all([writing.allow('payments-prod'), writing.allow('vault-prod')]);
  const inventory = new InventoryRoom(host);
  inventory.connected((await host.ask('list_connections', {})).connections);
  await vi.waitFor(() => expect(inventory.listing.running).toBe(false));
  const navigation = new Navigation();
  const toasts = new Toasts();
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, toasts], [WRITING, writing]]);
  const view = render(Room, { props: { id, into, inventory, singleKeys: true }, context });
  await vi.waitFor(() => expect(screen.getByTestId('import-room').dataset['view']).toBeTruthy());
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, asked, navigation, toasts, ...view };
}

/** An import as it is told, of a host that answers nothing else. */
async function told(wire: ImportWire, answers: Parameters<typeof hostWith>[0] = {}) {
  const host = hostWith({ open_import: () => wire, list_journal: () => ({ entries: [], more: false, unsettled: 0 }), drop_plan: () => ({}), ...answers });
  const navigation = new Navigation();
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]);
  render(Room, { props: { id: wire.row.id, inventory: { listing: { entries: [] } } as never, singleKeys: true }, context });
  await vi.waitFor(() => expect(screen.getByTestId('import-room').dataset['view']).toBeTruthy());
  return { host, navigation };
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const deed = (word: string) => screen.getByTestId(`deed-${word}`);
const does = (word: string) => fireEvent.click(deed(word));
const at = (view: string) => vi.waitFor(() => expect(screen.getByTestId('import-room').dataset['view']).toBe(view));
const goOn = () => fireEvent.click(screen.getByTestId('go-here'));
const type = (label: RegExp, text: string) => fireEvent.input(screen.getByLabelText(label), { target: { value: text } });
/** The reason that stands beside a button. */
const reason = (word: string) => document.getElementById(deed(word).getAttribute('aria-describedby') ?? '')?.textContent ?? '';

/** Has the plan of a step made, read and confirmed. */
async function order(step: string, name?: string) {
  await vi.waitFor(() => expect(deed(`plan:${step}`).getAttribute('aria-disabled')).toBeNull());
  await does(`plan:${step}`);
  await vi.waitFor(() => expect(screen.queryByTestId('change-plan')).not.toBeNull());
  if (name !== undefined) await fireEvent.input(screen.getByTestId('typed-name'), { target: { value: name } });
  await fireEvent.click(screen.getByTestId('import-confirm'));
}

/** What can be seen without a layout; the real window is looked at with every rule. */
const RULES = ['aria-allowed-attr', 'aria-hidden-focus', 'aria-input-field-name', 'aria-meter-name', 'aria-required-children', 'aria-valid-attr-value', 'button-name', 'empty-heading', 'empty-table-header', 'heading-order', 'label', 'landmark-unique', 'list', 'listitem', 'nested-interactive', 'select-name'];

async function clean() {
  const found = await axe.run(document.body, { runOnly: { type: 'rule', values: RULES } });
  expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

function begun(source: string | null = null) {
  const host = new FakeHost();
  return { host, id: host.imports.begin({ source, again: null, newMaterial: false }).row.id };
}

describe('from the target to the proof', () => {
  it('goes on step by step, each with its own lock, the key wrapped inside its vault', async () => {
    const { host, id } = begun();
    const { asked, toasts } = await show(id, { host });
    await at('target');
    await vi.waitFor(() => expect(screen.queryByRole('radio', { name: /eu-west-1/ })).not.toBeNull());
    expect(reason('set-target')).toBe(words.target.vaultFirst);
    await clean();
    await fireEvent.click(screen.getByRole('radio', { name: /eu-west-1/ }));
    const table = await screen.findByTestId('takings');
    const refused = within(table).getByRole<HTMLInputElement>('radio', { name: 'Ed25519' });
    expect(refused.disabled).toBe(true);
    expect(document.getElementById(refused.getAttribute('aria-describedby') ?? '')?.textContent).toContain('imports no Ed25519 keys');
    await fireEvent.click(within(table).getByRole('radio', { name: 'EC P-384' }));
    expect(screen.getByText(words.target.production)).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /^RSA_AES_KEY_WRAP_SHA_256 / }).checked).toBe(true);
    expect(screen.getByTestId<HTMLDetailsElement>('older').open).toBe(false);
    expect(screen.getByTestId('older').textContent).toContain('RSA_AES_KEY_WRAP_SHA_1 ');
    await clean();
    await does('set-target');
    expect(screen.getByText(change.form.problems.required('Alias'))).toBeTruthy();
    expect(asked('note_import')).toEqual([]);
    await type(/^Alias/, 'oidc-byok');
    await does('set-target');

    await at('source');
    expect(screen.getByText('PRODUCTION')).toBeTruthy();
    await clean();
    await fireEvent.click(screen.getByRole('radio', { name: words.source.names.item }));
    const items = screen.getByTestId('source-items');
    // Of the kind that is wanted first.
    expect(within(items).getAllByRole('radio')[0]?.closest('label')?.textContent).toContain('oidc-signing');
    await fireEvent.click(within(items).getByRole('radio', { name: /snow-etl/ }));
    await vi.waitFor(() => expect(reason('set-source')).toContain('This key is RSA 2048'));
    expect(within(screen.getByTestId('leaving')).getByRole<HTMLInputElement>('radio', { name: words.source.plain }).disabled).toBe(true);
    expect(screen.getByTestId('leaving').textContent).toContain('never hands out key material');
    await fireEvent.click(within(items).getByRole('radio', { name: /oidc-signing/ }));
    await vi.waitFor(() => expect(screen.getByRole<HTMLInputElement>('radio', { name: words.source.inside }).checked).toBe(true));
    await clean();
    await does('set-source');

    await at('wrapping-key');
    expect(reason('fetch')).toContain('Make it first');
    expect(reason('plan:load')).toContain('Make it first');
    await order('prepare');
    await vi.waitFor(() => expect(screen.queryByText(words.wrappingKey.prepared)).not.toBeNull());
    await does('fetch');
    await vi.waitFor(() => expect(screen.getByTestId('validity').textContent).toMatch(/Valid for (24:00:00|23:59:5\d)/));
    await clean();
    await press(words.wrappingKey.copyPem);
    expect(asked('copy_text')).toMatchObject([{ text: expect.stringContaining('BEGIN PUBLIC KEY') }]);
    await fireEvent.click(screen.getByTestId('save-wrapping-key'));
    await vi.waitFor(() => expect(toasts.notices.at(-1)?.text).toContain('/home/maria/wrapping-key.pem'));
    await order('load');
    await vi.waitFor(() => expect(screen.queryByText(words.wrappingKey.loaded)).not.toBeNull());
    await goOn();

    await at('wrap');
    await does('wrap');
    await vi.waitFor(() => expect(screen.getByTestId('import-room').textContent).toContain('7d1a54127b222502f5b79b5fb0803061152a44f92b37e23c6527baf665d4da9a'));
    expect(screen.getByTestId('give-up').getAttribute('aria-disabled')).toBe('true');
    await clean();
    await order('remove');
    await vi.waitFor(() => expect(screen.queryByText(words.wrap.removed)).not.toBeNull());
    await goOn();

    await at('import');
    await does('plan:import');
    await vi.waitFor(() => expect(screen.getByTestId('change-plan').textContent).toContain('kms:ImportKeyMaterial'));
    expect(screen.getByTestId('import-confirm').getAttribute('aria-disabled')).toBe('true');
    await fireEvent.input(screen.getByTestId('typed-name'), { target: { value: 'oidc-byok' } });
    await clean();
    await fireEvent.click(screen.getByTestId('import-confirm'));
    await at('prove');
    expect(asked('confirm_import')).toHaveLength(4);
    expect(reason('finish')).toContain('Prove it first');
    await does('prove');
    await vi.waitFor(() => expect(screen.getByTestId('proof').dataset['outcome']).toBe('holds'));
    await clean();
    await does('finish');
    await at('over');
    expect(screen.getAllByTestId('afterwards')).toHaveLength(2);
    await clean();
  }, 30_000);

  it('begins in the vault that it was begun from, and rules out what the named key is not', async () => {
    const { host, id } = begun(ORDERS);
    await show(id, { host, into: { connection: 'vault-prod', vault: 'transit' } });
    const table = await screen.findByTestId('takings');
    await vi.waitFor(() => expect(within(table).getByRole<HTMLInputElement>('radio', { name: 'AES-256' }).checked).toBe(true));
    expect(within(table).getByRole('radio', { name: 'RSA 2048' }).closest('tr')?.textContent).toContain(words.target.otherKind('AES-256'));
    expect(screen.getByText(words.target.silent(1))).toBeTruthy();
  });

  it('of which the vault refuses everything says why, and tries again', async () => {
    const { host, id } = begun();
    vi.spyOn(host.imports, 'takings').mockImplementationOnce(() => {
      throw wireError({ message: 'Role KeyAdmin may not describe it.' });
    });
    await show(id, { host, into: { connection: 'payments-prod', vault: 'eu-west-1' } });
    await screen.findByText('Role KeyAdmin may not describe it.');
    await press('Try again');
    await screen.findByTestId('takings');
  });
});

describe('a key that comes from a file or a machine without a connection', () => {
  async function at4(from: 'file' | 'offline') {
    const host = new FakeHost();
    const wire = host.imports.open(HALF);
    host.imports.note({ import: HALF, revision: wire.revision, note: { is: 'set-source', source: { from } } });
    host.imports.fetch(HALF);
    return show(HALF, { host });
  }

  it('is named by its path; nothing of the file is asked for or shown', async () => {
    const { asked, host } = await at4('file');
    await at('wrap');
    expect(reason('wrap')).toBe(words.wrap.fileFirst);
    await press(/Choose a file/);
    await vi.waitFor(() => expect(screen.getByTestId<HTMLInputElement>('wrap-path').value).toBe('/home/maria/answer.pem'));
    await does('wrap');
    await vi.waitFor(() => expect(screen.queryByText(words.wrap.held)).not.toBeNull());
    expect(asked('wrap_import')).toEqual([{ import: HALF, path: '/home/maria/answer.pem' }]);
    expect(screen.getByTestId('import-room').textContent).toContain('a1b2c3');
    const touched = new Set(host.asked.map(([command]) => command));
    for (const command of ['reveal_secret', 'copy_secret', 'export_items', 'save_private_key'] as const) expect(touched.has(command)).toBe(false);
    expect(screen.getByTestId<HTMLInputElement>('wrap-path').value).toBe('');
    await clean();
  });

  it('is wrapped by hand with the lines that are shown, and comes back in a file', async () => {
    const { asked } = await at4('offline');
    await fireEvent.click(screen.getByRole('button', { name: /Wrapping key/ }));
    const lines = await screen.findByTestId('by-hand');
    expect(lines.textContent).toContain('openssl pkeyutl -encrypt');
    await press(words.wrappingKey.copyLine(2));
    expect(asked('copy_text')).toMatchObject([{ text: expect.stringContaining('rsa_oaep_md:sha256') }]);
    await clean();
    await goOn();
    expect(screen.getByLabelText(words.wrap.blob)).toBeTruthy();
  });
});

describe('the wrapping key', () => {
  it('that has lapsed stops the import and is fetched again', async () => {
    await told(importOf({ wrappingKey: wrappingKey(-5), phase: 'import', packed: true, locks: { import: { because: 'the import token has lapsed', next: 'Fetch a new wrapping key and wrap the key again: nothing was sent.', until: null } } }));
    await at('wrapping-key');
    expect(screen.getByText(words.wrappingKey.lapsed)).toBeTruthy();
    expect(screen.queryByTestId('validity')).toBeNull();
    expect(deed('fetch').textContent).toContain(words.wrappingKey.again);
    expect(screen.queryByTestId('save-wrapping-key')).toBeNull();
  });

  it('lapses in view', async () => {
    await show(HALF, { host: new FakeHost({ life: 1 }) });
    await does('fetch');
    await screen.findByTestId('validity');
    await vi.waitFor(() => expect(screen.queryByText(words.wrappingKey.lapsed)).not.toBeNull(), { timeout: 4000 });
  }, 10_000);

  it('is not there where the place takes the key unwrapped', async () => {
    const target = { ...importOf().target!, waits: false, wrap: { wrap: 'plain', bits: 0, native: 'as it is', legacy: false } };
    await told(importOf({ target, steps: ['import'], item: null }));
    await at('wrap');
    expect(deed('wrap').textContent).toContain(words.wrap.read);
    await fireEvent.click(screen.getByRole('button', { name: /Wrapping key/ }));
    expect(await screen.findByText(words.wrappingKey.plain)).toBeTruthy();
  });
});

describe('the proof', () => {
  async function proven(shows: 'another' | 'works') {
    const host = new FakeHost({ proof: shows });
    host.imports.fetch(HALF);
    host.imports.wrap({ import: HALF, path: null });
    host.changes.writeMode('payments-prod', true);
    const plan = host.imports.plan({ import: HALF, step: 'import' });
    host.imports.confirm({ import: HALF, step: 'import', order: plan.order, digest: plan.digest, typed: plan.name });
    const view = await show(HALF, { host });
    await at('prove');
    await does('prove');
    await screen.findByTestId('proof');
    return view;
  }

  it('that fails is unmistakable, says what to do, and does not let it be finished', async () => {
    const { navigation } = await proven('another');
    const proof = screen.getByTestId('proof');
    expect(proof.getAttribute('role')).toBe('alert');
    for (const part of [words.prove.fails, words.prove.failsAbout, words.prove.failsNext]) expect(proof.textContent).toContain(part);
    expect(reason('finish')).toContain('another key');
    await clean();
    await press(words.prove.openItem);
    expect(navigation.here).toEqual({ room: 'item', reference: 'payments-prod/eu-west-1/orders' });
  });

  it('that cannot tell which key it is says so', async () => {
    await proven('works');
    const proof = screen.getByTestId('proof');
    expect(proof.textContent).toContain(words.prove.works);
    expect(proof.textContent).not.toContain(words.prove.holds);
    expect(deed('finish').getAttribute('aria-disabled')).toBeNull();
  });
});

describe('an order whose answer was lost', () => {
  it('stands above everything, locks the rest, and is checked, not repeated', async () => {
    const host = new FakeHost();
    host.imports.fetch(HALF);
    host.imports.wrap({ import: HALF, path: null });
    host.imports.lose = true;
    const { asked } = await show(HALF, { host });
    await at('import');
    await order('import', 'orders');
    const band = await screen.findByTestId('unsettled');
    expect(band.textContent).toContain(words.order.name('import'));
    expect(screen.getByTestId('give-up').getAttribute('aria-disabled')).toBe('true');
    await clean();
    await press(wizard.order.check);
    await at('prove');
    expect(asked('confirm_import')).toHaveLength(1);
    expect(asked('check_import')).toHaveLength(1);
  });
});

describe('the end of an import', () => {
  it('saves its record, copies what follows, and brings the same key or other material again', async () => {
    const { asked, navigation, toasts, host } = await show(OVER);
    await at('over');
    await fireEvent.click(screen.getByTestId('save-record'));
    await vi.waitFor(() => expect(toasts.notices.at(-1)?.text).toContain('/home/maria/import-record.html'));
    await press(words.over.copyLine('Heroku Postgres', 1));
    expect(asked('copy_text')).toMatchObject([{ text: expect.stringContaining('--encryption-key') }]);
    await fireEvent.click(screen.getByTestId('new-material'));
    await vi.waitFor(() => expect(navigation.here.room).toBe('import'));
    const { import: next } = navigation.here as { import: string };
    expect(host.imports.open(next)).toMatchObject({ again: OVER, source: null, target: { newMaterial: true }, row: { item: 'payments-prod/eu-west-1/archive' } });
  });

  it('by giving up says first what stays', async () => {
    const { asked } = await show(HALF);
    await fireEvent.click(screen.getByTestId('give-up'));
    const dialog = await screen.findByTestId('giving-up');
    expect(dialog.textContent).toContain(words.giveUp.staysWaiting('payments-prod/eu-west-1/orders'));
    expect(asked('note_import')).toEqual([]);
    await fireEvent.click(screen.getByTestId('give-up-confirm'));
    await at('over');
    expect(screen.getByRole('heading', { name: words.over.givenUp })).toBeTruthy();
    expect(screen.queryByTestId('save-record')).toBeNull();
  });
});

describe('the room', () => {
  it('leads to what is done, not to what is to come, also by digits', async () => {
    await show(HALF);
    const steps = screen.getByRole('navigation', { name: words.steps.title });
    const first = within(steps).getAllByRole('button')[0]!;
    await fireEvent.keyDown(first, { key: '5' });
    await at('wrapping-key');
    await fireEvent.keyDown(first, { key: '1' });
    await at('target');
    expect(screen.getByTestId('lock').textContent).toContain('Give this up to begin elsewhere');
    expect(screen.getByText('RSAES_OAEP_SHA_256 with RSA_4096')).toBeTruthy();
  });

  it('says why it cannot be read', async () => {
    const host = hostWith({ open_import: () => Promise.reject(wireError({ message: 'There is no import.' })) });
    const navigation = new Navigation();
    const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]);
    render(Room, { props: { id: 'none', inventory: { listing: { entries: [] } } as never, singleKeys: true }, context });
    expect(await screen.findByText('There is no import.')).toBeTruthy();
    await press(words.over.list);
    expect(navigation.here).toEqual({ room: 'imports' });
  });
});
