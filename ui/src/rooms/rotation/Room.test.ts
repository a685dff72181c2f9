import { fireEvent, render, screen, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { describe, expect, it, vi } from 'vitest';
import type { Commands } from '../../host/contract.gen';
import { FakeHost } from '../../host/fake';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { change } from '../../words/change';
import { rotation as words } from '../../words/rotation';
import { wizard } from '../../words/wizard';
import { Writing, WRITING } from '../change/writing.svelte';
import { hostWith, rotationOf, wireError } from '../test-host';
import Room from './Room.svelte';

/** Two consumers wait behind one that failed. */
const PAYMENTS = '01JROT000001';
/** Waits for its readers before the switch. */
const ISSUER = '01JROT000002';
const NEW = 'SHA256:q1k9sT0mZ3vLw2yXc8aBnEoPd5RfUgHjIiKlMuQrStU=';

async function show(rotation: string, { write = true, host = new FakeHost() }: { write?: boolean; host?: FakeHost } = {}) {
  const writing = new Writing(host);
  if (write) await Promise.all([writing.allow('payments-prod'), writing.allow('vault-prod')]);
  const navigation = new Navigation();
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, new Toasts()], [WRITING, writing]]);
  const view = render(Room, { props: { rotation, singleKeys: true }, context });
  await vi.waitFor(() => expect(screen.getByTestId('rotation-room').dataset['view']).toBeTruthy());
  const asked = (command: keyof Commands) => host.asked.filter(([name]) => name === command).map(([, request]) => request);
  return { host, asked, navigation, writing, ...view };
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const deed = (word: string) => screen.getByTestId(`deed-${word}`);
const does = (word: string) => fireEvent.click(deed(word));
const write = (word: string, text: string) => fireEvent.input(screen.getByTestId(word), { target: { value: text } });
const at = (view: string) => vi.waitFor(() => expect(screen.getByTestId('rotation-room').dataset['view']).toBe(view));
const stateOf = (id: string, state: string) => vi.waitFor(() => expect(screen.getByTestId(`run-${id}`).dataset['state']).toBe(state));
/** The reason that stands beside a button. */
const reason = (word: string) => document.getElementById(deed(word).getAttribute('aria-describedby') ?? '')?.textContent ?? '';

/** What can be seen without a layout; the real window is looked at with every rule. */
const RULES = ['aria-allowed-attr', 'aria-hidden-focus', 'aria-required-children', 'aria-valid-attr-value', 'button-name', 'empty-heading', 'heading-order', 'label', 'landmark-unique', 'list', 'listitem', 'nested-interactive', 'select-name'];

async function clean() {
  const found = await axe.run(document.body, { runOnly: { type: 'rule', values: RULES } });
  expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

/** A rotation that was just begun, of an item nobody uses yet. */
async function begun() {
  const host = new FakeHost();
  const { row } = host.rotations.begin('payments-prod/eu-west-1/snow-etl');
  return show(row.id, { host });
}

describe('distribute', () => {
  it('shows each consumer in its state, and why the others wait', async () => {
    await show(PAYMENTS);
    for (const [id, state] of [['C1', 'PENDING'], ['C2', 'IN_PROGRESS'], ['C3', 'FAILED'], ['C4', 'PENDING']] as const) {
      expect(within(screen.getByTestId(`run-${id}`)).getByText(state, { selector: '.state code' })).toBeTruthy();
    }
    expect(deed('preview:C4').getAttribute('aria-disabled')).toBe('true');
    expect(reason('preview:C4')).toContain('the run is halted: ledger-import failed');
    expect(reason('go-on')).toContain('ETL_USER does not have the new material yet');
    await clean();
  });

  it('does nothing where it is locked', async () => {
    const { host } = await show(PAYMENTS);
    const before = host.asked.length;
    for (const word of ['preview:C4', 'take-slots:C1', 'go-on']) await does(word);
    expect(host.asked.length).toBe(before);
  });

  it('shows exactly what a command gets before it is run, and runs it once', async () => {
    const { asked } = await show(PAYMENTS);
    await does('preview:C3');
    const call = await screen.findByTestId('call-C3');
    for (const part of ['/usr/local/bin/notify-ledger --env prod', '"values": "censored"', `digest of ${PAYMENTS} C3`]) expect(call.textContent).toContain(part);
    expect(asked('call_consumer')).toEqual([]);
    await does('tell:C3');
    await stateOf('C3', 'IN_PROGRESS');
    expect(asked('call_consumer')).toEqual([{ rotation: PAYMENTS, consumer: 'C3', digest: `digest of ${PAYMENTS} C3` }]);
    expect(screen.getByTestId('rotation-live').textContent).toContain('ledger-import was told');
  });

  it('lets one allow changes where a call is blocked', async () => {
    const { asked } = await show(PAYMENTS, { write: false });
    await does('preview:C3');
    const call = await screen.findByTestId('call-C3');
    expect(deed('tell:C3').getAttribute('aria-disabled')).toBe('true');
    await fireEvent.click(within(call).getByRole('button', { name: change.writing.allow }));
    await vi.waitFor(() => expect(deed('tell:C3').getAttribute('aria-disabled')).toBeNull());
    expect(asked('set_write_mode')).toEqual([{ connection: 'payments-prod', on: true }]);
  });

  it('reads two slots, offers to replace the older one only where both are taken, and shows the new key by a second paste', async () => {
    const { host, asked } = await show(PAYMENTS);
    const ledger = host.rotations.open(PAYMENTS);
    host.rotations.note({ rotation: PAYMENTS, revision: ledger.revision, note: { is: 'leave-out', consumer: 'C3', evidence: 'Gone.' } });
    await press(words.refresh);
    await vi.waitFor(() => expect(screen.queryByTestId('slots-C1')).not.toBeNull());
    const both = 'RSA_PUBLIC_KEY_FP SHA256:a RSA_PUBLIC_KEY_2_FP SHA256:b';
    expect(screen.queryByLabelText(words.check.slots.replace)).toBeNull();
    await write('slots-C1', both);
    await does('take-slots:C1');
    const box = await screen.findByLabelText(words.check.slots.replace);
    expect(screen.getByTestId<HTMLTextAreaElement>('slots-C1').value).toBe(both);
    await fireEvent.click(box);
    await does('take-slots:C1');
    const card = screen.getByTestId('run-C1');
    await vi.waitFor(() => expect(card.textContent).toContain("SET RSA_PUBLIC_KEY_2='"));
    expect(card.textContent).toContain('Parsed back by AWS-LC');
    expect(asked('note_rotation').map((one) => (one as Commands['note_rotation']['request']).note)).toMatchObject([{ replaceOlder: false }, { replaceOlder: true }]);
    await does('tell:C1');
    await stateOf('C1', 'IN_PROGRESS');
    await write('slots-C1', `RSA_PUBLIC_KEY_2_FP ${NEW}`);
    await does('take-slots:C1');
    await stateOf('C1', 'SUCCEEDED');
    expect(card.textContent).toContain(words.verify.verified);
  });

  it('counts instances, wants grounds, and keeps the error that was said', async () => {
    const { asked } = await show(PAYMENTS);
    await does('succeed:C2');
    expect(screen.getByText(wizard.grounds.needed)).toBeTruthy();
    expect(asked('note_rotation')).toEqual([]);
    await write('instances:C2', '1');
    await write('grounds-succeed:C2', 'The second one runs.');
    await does('succeed:C2');
    await vi.waitFor(() => expect(screen.getByTestId('run-C2').textContent).toContain(words.distribute.instances(2, 3)));
    expect(screen.getByTestId<HTMLInputElement>('grounds-succeed:C2').value).toBe('');
    await write('grounds-fail:C2', 'The third rejects it.');
    await does('fail:C2');
    await stateOf('C2', 'FAILED');
    expect(screen.getByTestId('run-C2').textContent).toContain('The third rejects it.');
  });

  it('says in its place that somebody else was faster, and keeps what was typed', async () => {
    const { host } = await show(PAYMENTS);
    host.rotations.note({ rotation: PAYMENTS, revision: host.rotations.open(PAYMENTS).revision, note: { is: 'leave-out', consumer: 'C4', evidence: 'Gone.' } });
    await write('grounds-succeed:C2', 'All run.');
    await does('succeed:C2');
    const card = screen.getByTestId('run-C2');
    await vi.waitFor(() => expect(card.textContent).toContain(wizard.overtaken));
    expect(screen.getByTestId<HTMLInputElement>('grounds-succeed:C2').value).toBe('All run.');
    expect(screen.getByTestId('run-C4').textContent).toContain(words.distribute.left);
  });

  it('copies the message and the texts', async () => {
    const { asked } = await show(PAYMENTS);
    await press(words.distribute.copyMessage('ETL_USER'));
    await fireEvent.click(within(screen.getByTestId('run-C2')).getByRole('button', { name: words.distribute.copyText('What its owner does') }));
    expect(asked('copy_text')).toMatchObject([{ text: expect.stringContaining('Hello data-eng') }, { text: 'Set KEY_VERSION in the pipeline and run it once.' }]);
  });
});

describe('from the rules to the new material', () => {
  it('goes on step by step, each with its own lock', async () => {
    const { asked } = await begun();
    await at('scope');
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /^Halt/ }).checked).toBe(true);
    await clean();
    await fireEvent.input(screen.getByLabelText(words.scope.reason), { target: { value: 'Yearly' } });
    await does('go-on');
    await at('method');
    expect(document.activeElement?.textContent).toContain('2.');
    expect(reason('go-on')).toContain('no method is chosen');
    const off = screen.getByRole<HTMLInputElement>('radio', { name: words.method.names['new-version'] });
    expect(off.disabled).toBe(true);
    for (const part of ['Role KeyAdmin may not make a version of this key.', 'kms:RotateKeyOnDemand', 'As of 2026-11-26']) expect(screen.getByTestId('rotation-room').textContent).toContain(part);
    await clean();
    await fireEvent.click(screen.getByRole('radio', { name: words.method.names['in-place'] }));
    await vi.waitFor(() => expect(deed('go-on').getAttribute('aria-disabled')).toBeNull());
    await does('go-on');
    await at('consumers');
    expect(reason('go-on')).toContain('nobody is in the ledger');
    await vi.waitFor(() => expect(screen.queryByRole('button', { name: /^Add users of alias/ })).not.toBeNull());
    await clean();
    await press(/^Add users of alias/);
    await vi.waitFor(() => expect(deed('go-on').getAttribute('aria-disabled')).toBeNull());
    await fireEvent.keyDown(window, { key: 'Enter', ctrlKey: true });
    await at('create');
    expect(asked('note_rotation').map((one) => (one as Commands['note_rotation']['request']).note.is)).toEqual(['set-scope', 'go-on', 'choose', 'go-on', 'go-on']);

    expect(reason('plan:create')).toContain('Have the signers name the old version');
    await write('grounds-pin', 'The issuer names version 3.');
    await does('pin');
    await vi.waitFor(() => expect(screen.getByText('The issuer names version 3.')).toBeTruthy());
    await does('plan:create');
    await vi.waitFor(() => expect(screen.getByTestId('change-plan').textContent).toContain('kms:CreateKey'));
    await clean();
    await fireEvent.keyDown(window, { key: 'Enter', ctrlKey: true });
    expect(asked('confirm_rotation')).toEqual([]);
    await fireEvent.click(screen.getByTestId('rotation-confirm'));
    await vi.waitFor(() => expect(screen.getByText(words.create.made)).toBeTruthy());
    expect(asked('confirm_rotation')).toHaveLength(1);
    expect(screen.getByTestId('rotation-room').textContent).toContain(NEW);
  }, 20_000);

  it('says why nothing can be confirmed, and lets one allow it there', async () => {
    const host = new FakeHost();
    const { row } = host.rotations.begin('payments-prod/eu-west-1/snow-etl');
    const note = (one: Commands['note_rotation']['request']['note']) => host.rotations.note({ rotation: row.id, revision: host.rotations.open(row.id).revision, note: one });
    host.rotations.ledgers.save({ reference: row.reference, consumer: { id: '', kind: 'by-hand', name: 'batch', owner: '', note: '', fields: {}, roundTrip: false, instances: 1, tell: { is: 'checklist' }, realValues: false }, secret: null });
    note({ is: 'go-on' });
    note({ is: 'choose', method: 'new-key' });
    note({ is: 'go-on' });
    host.rotations.open(row.id);
    note({ is: 'go-on' });
    const { asked } = await show(row.id, { write: false, host });
    await does('plan:create');
    const confirm = await screen.findByTestId('rotation-confirm');
    await fireEvent.click(confirm);
    expect(asked('confirm_rotation')).toEqual([]);
    await press(change.writing.allow);
    await vi.waitFor(() => expect(screen.getByTestId('rotation-confirm').getAttribute('aria-disabled')).toBeNull());
  });

  it('throws the plan away only after a second word', async () => {
    const { asked } = await begun();
    await press(words.rollBack.discardOpen);
    expect(asked('note_rotation')).toEqual([]);
    await fireEvent.click(screen.getByTestId('take-back-confirm'));
    await at('over');
  });
});

describe('an order whose end is not known', () => {
  it('stands above everything, locks the rest, and is checked, not repeated', async () => {
    const host = new FakeHost();
    const rotation = host.rotations.open(ISSUER);
    host.rotations.note({ rotation: ISSUER, revision: rotation.revision, note: { is: 'roll-back', reason: 'Too early.' } });
    host.rotations.lose = true;
    const { asked } = await show(ISSUER, { host });
    expect(reason('plan:disable-new')).toContain('does not know that it is taken back');
    await write('grounds-tell-back:J1', 'It publishes the old key alone.');
    await does('tell-back:J1');
    await vi.waitFor(() => expect(deed('plan:disable-new').getAttribute('aria-disabled')).toBeNull());
    await does('plan:disable-new');
    await fireEvent.click(await screen.findByTestId('rotation-confirm'));
    const band = await screen.findByTestId('unsettled');
    expect(band.textContent).toContain(wizard.order.unknown);
    expect(reason('finish-roll-back')).toContain('it is not known yet how order');
    await clean();
    await press(wizard.order.check);
    await vi.waitFor(() => expect(screen.queryByTestId('unsettled')).toBeNull());
    expect([asked('confirm_rotation').length, asked('check_rotation').length]).toEqual([1, 1]);
  });
});

describe('verify, switch and retire', () => {
  async function verified(host = new FakeHost()) {
    const note = (one: Commands['note_rotation']['request']['note']) => host.rotations.note({ rotation: PAYMENTS, revision: host.rotations.open(PAYMENTS).revision, note: one });
    for (const id of ['C3', 'C4', 'C1']) note({ is: 'leave-out', consumer: id, evidence: 'Gone.' });
    note({ is: 'succeed', consumer: 'C2', instances: 2, evidence: 'All run.' });
    note({ is: 'go-on' });
    return show(PAYMENTS, { host });
  }

  it('shows the decoded test signature and who verified it', async () => {
    await verified();
    await does('prove');
    const proof = await screen.findByTestId('rotation-proof');
    expect(proof.textContent).toContain('"alg": "PS256"');
    expect(screen.getByTestId('rotation-room').textContent).toContain('Verified by AWS-LC');
    await clean();
    expect(reason('go-on')).toContain('settlement-batch');
    await write('grounds-verify:C2', 'A run at 10:14.');
    await does('verify:C2');
    await does('go-on');
    await at('switch');
    await does('plan:switch');
    await fireEvent.click(await screen.findByTestId('rotation-confirm'));
    await vi.waitFor(() => expect(screen.getByText(words.switching.switched)).toBeTruthy());
    await does('go-on');
    await at('retire');
    expect(reason('plan:disable-old')).toContain('back path');
    await write('grounds-leave-back-path:C2', 'The count is 0.');
    await does('leave-back-path:C2');
    await vi.waitFor(() => expect(reason('plan:disable-old')).toContain('both are kept valid'));
    expect(reason('plan:disable-old')).toContain('in 6 days');
    await clean();
    await vi.waitFor(() => expect(deed('finish').getAttribute('aria-disabled')).toBeNull());
    await does('finish');
    await at('over');
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe(words.over.done);
  });

  it('counts down to the switch, and looks at the address again', async () => {
    const { asked } = await show(ISSUER);
    expect(reason('confirm-switch')).toContain('readers of login.contoso.example may keep what they read before');
    expect(reason('confirm-switch')).toMatch(/Opens .* in \d+ minutes/);
    await does('look:J1');
    await vi.waitFor(() => expect(screen.getByText(words.check.publishes.both)).toBeTruthy());
    expect(asked('look_at_consumer')).toEqual([{ rotation: ISSUER, consumer: 'J1' }]);
    await clean();
  });

  it('says why a step is not there', async () => {
    const absent = { step: 'delete-old', absent: 'Old versions go with the key alone.', lock: null };
    const host = hostWith({ consumer_kinds: () => ({ kinds: [] }), open_rotation: () => rotationOf({ phase: 'retire', steps: [absent] }) });
    render(Room, { props: { rotation: '01J0ROT', singleKeys: true }, context: new Map<symbol, unknown>([[HOST, host], [NAVIGATION, new Navigation()], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]) });
    await vi.waitFor(() => expect(screen.getByTestId('order-delete-old').textContent).toContain('Old versions go with the key alone.'));
    expect(screen.queryByTestId('deed-plan:delete-old')).toBeNull();
  });
});

describe('rolling back', () => {
  it('says first what it means, wants a reason, and then leads through it', async () => {
    const { asked } = await show(PAYMENTS);
    await fireEvent.click(screen.getByTestId('roll-back'));
    const dialog = screen.getByTestId('take-back');
    for (const part of ['The new key stays at the place', 'ledger-import', 'settlement-batch']) expect(dialog.textContent).toContain(part);
    await fireEvent.click(screen.getByTestId('take-back-confirm'));
    expect(asked('note_rotation')).toEqual([]);
    await fireEvent.input(screen.getByLabelText(words.rollBack.reason), { target: { value: 'The import breaks.' } });
    await fireEvent.click(screen.getByTestId('take-back-confirm'));
    await at('rolling-back');
    await vi.waitFor(() => expect(screen.queryByTestId('take-back')).toBeNull());
    for (const id of ['C2', 'C3']) {
      await write(`grounds-tell-back:${id}`, 'It names version 3.');
      await does(`tell-back:${id}`);
      await vi.waitFor(() => expect(screen.getByTestId(`back-${id}`).textContent).toContain(words.rollingBack.toldBack));
    }
    expect(reason('forward')).toContain('somebody uses the old material again');
    await does('finish-roll-back');
    await at('over');
  });
});

describe('the rail', () => {
  it('leads to what is done, not to what is to come, also by digits', async () => {
    await show(PAYMENTS);
    const later = screen.getByRole('button', { name: /6\. Verify/ });
    expect(later.getAttribute('aria-disabled')).toBe('true');
    await fireEvent.click(later);
    expect(screen.getByTestId('rotation-room').dataset['view']).toBe('distribute');
    await press(/1\. Scope/);
    await at('scope');
    expect(screen.queryByLabelText(words.scope.reason)).toBeNull();
    await fireEvent.keyDown(screen.getByRole('button', { name: /1\. Scope/ }), { key: '4' });
    await at('create');
    await press(words.steps.goHere('Distribute'));
    await at('distribute');
  });
});

it('that cannot be read says so in place, and leads to the list', async () => {
  const host = hostWith({ consumer_kinds: () => ({ kinds: [] }), open_rotation: () => Promise.reject(wireError({ message: 'There is no such rotation.' })) });
  const navigation = new Navigation();
  render(Room, { props: { rotation: 'x', singleKeys: true }, context: new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]) });
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('There is no such rotation.'));
  await press(words.over.list);
  expect(navigation.here).toEqual({ room: 'rotations' });
});

it('whose item cannot be read now is shown with the reason', async () => {
  const host = hostWith({ consumer_kinds: () => ({ kinds: [] }), list_consumers: () => ({ consumers: [], found: [], definition: null, profiles: [] }), open_rotation: () => rotationOf({ phase: 'method', trouble: wireError({ message: 'The cellar is shut.' }) }) });
  render(Room, { props: { rotation: '01J0ROT', singleKeys: false }, context: new Map<symbol, unknown>([[HOST, host], [NAVIGATION, new Navigation()], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]) });
  await vi.waitFor(() => expect(screen.getByText('The cellar is shut.')).toBeTruthy());
  expect(screen.getByText(words.method.none)).toBeTruthy();
});
