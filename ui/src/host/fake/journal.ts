// The fake host's journal: entries in a chain of invented hashes, with one order of every state to begin with.
import type { ChainWire, JournalEntry, JournalPage, ListJournal, OrderState, OrderStep, OrderWire, RecordWire, StepWire, UndoWire, WireError } from '../contract.gen';
import { refused } from './world';

const MINUTE = 60_000;
const ACTOR = 'arn:aws:sts::111122223333:assumed-role/KeyAdmin/maria';

export interface Begun {
  ask: string;
  title: string;
  connection: string;
  actor: string;
  reference: string | null;
  steps: readonly StepWire[];
}

export class FakeJournal {
  /** Oldest first. */
  readonly entries: JournalEntry[] = [];
  seal: 'keyring' | 'memory' = 'keyring';
  problem: WireError | null = null;
  #sequence = 0;

  /** Begins an order, as `intent`. */
  begin(id: string, begun: Begun, at = Date.now()): OrderWire {
    const first = this.record('intent', at);
    const steps: OrderStep[] = begun.steps.map((one) => ({ ...one, state: 'intent', evidence: null, requestId: null }));
    const order: OrderWire = { ...begun, order: id, sequence: first.sequence, at: first.at, steps, state: 'running', error: null, undo: 'no', records: [first] };
    this.entries.push({ entry: 'order', order });
    return order;
  }

  /** Takes down what became of a step. */
  note(order: OrderWire, step: number, event: string, parts: Partial<OrderStep> = {}, at = Date.now()): void {
    order.records.push(this.record(event, at));
    const one = order.steps[step];
    if (one) Object.assign(one, { state: event }, parts);
  }

  end(order: OrderWire, state: OrderState, parts: { error?: WireError; undo?: UndoWire } = {}): void {
    order.state = state;
    order.error = parts.error ?? null;
    order.undo = parts.undo ?? 'no';
  }

  writeMode(connection: string, until: string | null, at = Date.now()): void {
    const { sequence, at: when } = this.record('write-mode', at);
    this.entries.push({ entry: 'write-mode', sequence, at: when, connection, until });
  }

  find(id: string): OrderWire {
    const found = this.entries.find((one) => one.entry === 'order' && one.order.order === id);
    if (found?.entry === 'order') return found.order;
    throw refused({ kind: 'not-found', operation: 'read the order', message: `The journal has no order ${id}.`, next: 'Look at Activity.', requestId: null });
  }

  page(request: ListJournal): JournalPage {
    const words = request.filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const fits = [...this.entries].reverse().filter((entry) => {
      const same = request.reference === null || (entry.entry === 'order' && entry.order.reference === request.reference);
      return same && (request.before === null || sequenceOf(entry) < request.before) && words.every((word) => holds(entry, word));
    });
    const limit = request.limit ?? 200;
    const unsettled = this.entries.filter((one) => one.entry === 'order' && (one.order.state === 'unknown' || one.order.state === 'paused')).length;
    return { entries: structuredClone(fits.slice(0, limit)), more: fits.length > limit, unsettled };
  }

  verify(): ChainWire {
    return { sound: this.problem === null, records: this.#sequence, head: hashOf(this.#sequence), seal: this.seal, problem: this.problem, at: this.problem ? 12 : null };
  }

  accept(): ChainWire {
    const because = this.problem?.message ?? '';
    this.problem = null;
    const { sequence, at } = this.record('accepted', Date.now());
    this.entries.push({ entry: 'accepted', sequence, at, because });
    return this.verify();
  }

  private record(event: string, at: number): RecordWire {
    this.#sequence += 1;
    return { sequence: this.#sequence, at: new Date(at).toISOString(), event, hash: hashOf(this.#sequence) };
  }
}

function sequenceOf(entry: JournalEntry): number {
  return entry.entry === 'order' ? entry.order.sequence : entry.sequence;
}

/** Sixty-four hexadecimal digits that look like no other number's. */
function hashOf(sequence: number): string {
  let state = sequence * 2654435761;
  return Array.from({ length: 64 }, () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0;
    return (state >>> 28).toString(16);
  }).join('');
}

function holds(entry: JournalEntry, word: string): boolean {
  const [name, value] = word.split(/:(.*)/s);
  if (entry.entry !== 'order') {
    const text = entry.entry === 'accepted' ? `accepted ${entry.because}` : entry.entry === 'told' ? `told ${entry.consumer}` : `write mode ${entry.connection}`;
    return name === 'connection' && value !== undefined ? entry.entry === 'write-mode' && entry.connection.includes(value) : text.toLowerCase().includes(word);
  }
  const { order } = entry;
  const named: Record<string, string> = { result: order.state, connection: order.connection, ask: order.ask, actor: order.actor };
  const one = named[name ?? ''];
  if (value !== undefined && one !== undefined) return one.toLowerCase().includes(value);
  return [order.title, order.connection, order.actor, order.ask, order.order, order.reference ?? ''].join(' ').toLowerCase().includes(word);
}

/** Some work of the last days, one order of every state, and as many old ones as are asked for. */
export function worked(journal: FakeJournal, older: number): void {
  const ago = (minutes: number) => Date.now() - minutes * MINUTE;
  const step = (says: string, operation: string, command: string): StepWire => ({ says, operation, command });
  const AWS = { connection: 'payments-prod', actor: ACTOR };
  const BAO = { connection: 'vault-prod', actor: 'token maria (approle)' };
  const settled = (id: string, begun: Begun, minutes: number, evidence: string, undo: UndoWire = 'no') => {
    const order = journal.begin(id, begun, ago(minutes));
    begun.steps.forEach((_, at) => {
      journal.note(order, at, 'sent', {}, ago(minutes));
      journal.note(order, at, 'observed', { requestId: `7f2c91d0-${id.slice(-4)}` }, ago(minutes));
      journal.note(order, at, 'verified', { evidence }, ago(minutes));
    });
    journal.end(order, 'done', { undo });
  };
  for (let at = older; at > 0; at--) {
    const name = `old-key-${String(at).padStart(4, '0')}`;
    const steps = [step('Enable the key', 'kms:EnableKey', `aws kms enable-key --key-id ${name}`)];
    settled(`01J8OLD${String(at).padStart(6, '0')}`, { ...AWS, ask: 'enable', title: `Enable ${name}`, reference: null, steps }, 5000 + at, 'DescribeKey shows the state Enabled.');
  }
  settled('01JDX00TAGS', { ...AWS, ask: 'change-tags', title: 'Change the tags of payments-sign', reference: 'payments-prod/eu-west-1/payments-sign', steps: [step('Set 1 tag', 'kms:TagResource', 'aws kms tag-resource --key-id payments-sign --tags TagKey=team,TagValue=payments')] }, 2880, 'ListResourceTags shows the tag team with the value payments.', 'whole');

  const given = journal.begin('01JDX01GIVE', { ...BAO, ask: 'delete', title: 'Delete gateway-old', reference: null, steps: [step('Allow the deletion', 'POST transit/keys/gateway-old/config', 'bao write transit/keys/gateway-old/config deletion_allowed=true')] }, ago(1500));
  journal.note(given, 0, 'sent', {}, ago(1500));
  journal.note(given, 0, 'abandoned', { requestId: '44ab10c2-77' }, ago(1500));
  journal.end(given, 'abandoned', {
    error: refused({ operation: 'carry out the change', message: 'Vault refused: the policy of this token does not allow it.', permission: 'update on transit/keys/gateway-old/config', refusedBy: 'Vault', requestId: '44ab10c2-77', next: 'Ask for this permission, then make the change again.' }),
  });

  journal.writeMode('payments-prod', new Date(ago(185)).toISOString(), ago(200));
  const lost = journal.begin('01JDX02LOST', { ...AWS, ask: 'disable', title: 'Disable snow-etl', reference: 'payments-prod/eu-west-1/snow-etl', steps: [step('Disable the key', 'kms:DisableKey', 'aws kms disable-key --key-id snow-etl')] }, ago(190));
  journal.note(lost, 0, 'sent', {}, ago(190));
  journal.note(lost, 0, 'unknown', {}, ago(189));
  journal.end(lost, 'unknown', { error: lostAnswer('disable “snow-etl”') });

  const paused = journal.begin('01JDX03PAUS', {
    ...AWS, ask: 'create-key', title: 'Create the key ledger-2027', reference: 'payments-prod/eu-west-1/ledger-2027',
    steps: [step('Create the key', 'kms:CreateKey', 'aws kms create-key --key-spec RSA_2048'), step('Name it', 'kms:CreateAlias', 'aws kms create-alias --alias-name alias/ledger-2027 --target-key-id "$KEY_ID"')],
  }, ago(40));
  journal.note(paused, 0, 'sent', {}, ago(40));
  journal.note(paused, 0, 'observed', { requestId: 'b1c2-0d5e' }, ago(40));
  journal.note(paused, 0, 'verified', { evidence: 'DescribeKey shows the key 4f9a1c2e, made by this order.' }, ago(40));
  journal.end(paused, 'paused');
  settled('01JDX04SCHD', { ...AWS, ask: 'schedule-deletion', title: 'Schedule the deletion of old-hmac', reference: 'payments-prod/eu-west-1/old-hmac', steps: [step('Schedule the deletion', 'kms:ScheduleKeyDeletion', 'aws kms schedule-key-deletion --key-id old-hmac --pending-window-in-days 30')] }, 12, 'DescribeKey shows the state PendingDeletion.', 'roll-back');
}

export function lostAnswer(what: string): WireError {
  return refused({
    kind: 'interrupted',
    operation: 'carry out the change',
    message: `AWS did not answer within 30 s after it was asked to ${what}. It has not been asked again.`,
    changed: { is: 'unknown' },
    next: 'Check now: the provider is asked what happened, and nothing is sent again.',
    requestId: null,
  });
}
