// The fake host's changes: write mode, plans, and orders that end well, are refused, or lose their answer.
import type { Commands, ConnectionRow, ItemRow, OfferWire, OrderWire, PlanWire, TargetWire, WireError } from '../contract.gen';
import { FakeJournal, lostAnswer, worked } from './journal';
import { RECIPES, type AnswersGiven } from './recipes';
import { refused } from './world';

type Request<C extends keyof Commands> = Commands[C]['request'];

/** What the fake world is, for the changes in it. */
export interface FakePlace {
  rows: ItemRow[];
  connections: () => ConnectionRow[];
  /** Milliseconds a step takes. */
  pace: number;
  /** Seconds that changes are allowed for. */
  quarter: number;
  /** How many old entries the journal has. */
  older: number;
}

/** What becomes of changes to these items: the rest goes well. */
const FATES: Record<string, 'lost' | 'refused'> = { 'snow-etl': 'lost', 'oidc-signing': 'refused' };

interface Waiting {
  wire: PlanWire;
  target: TargetWire;
  answers: AnswersGiven;
}

export class FakeChanges {
  readonly journal = new FakeJournal();
  readonly #place: FakePlace;
  readonly #plans = new Map<string, Waiting>();
  readonly #orders = new Map<string, Waiting>();
  #next = 1;

  constructor(place: FakePlace) {
    this.#place = place;
    worked(this.journal, place.older);
  }

  offers(row: ItemRow): OfferWire[] {
    return Object.entries(RECIPES).flatMap(([ask, recipe]): OfferWire[] => {
      if (ask.startsWith('create-') && ask !== 'create-grant') return [];
      const because = recipe.refusal?.(row) ?? null;
      if (because === null && ask === 'rotate' && row.connection === 'payments-prod') {
        return [{ ask, changes: true, allowed: false, because: 'Role KeyAdmin may not rotate this key.', permission: 'kms:RotateKeyOnDemand' }];
      }
      if (because === null && ask === 'retire-grant') return [{ ask, changes: true, allowed: null, because: 'kms:RetireGrant', permission: null }];
      return [{ ask, changes: true, allowed: because === null, because, permission: null }];
    });
  }

  vaultOffers({ vault }: Request<'vault_offers'>): OfferWire[] {
    const keys = vault === 'eu-west-1' || vault === 'transit' || vault === 'keystore';
    const secrets = vault === 'kv' || vault === 'keystore';
    return [
      { ask: 'create-key', changes: true, allowed: keys, because: keys ? null : 'No keys are kept here.', permission: null },
      { ask: 'create-secret', changes: true, allowed: secrets, because: secrets ? null : 'No secrets are kept here.', permission: null },
    ];
  }

  questions({ ask, target }: Request<'change_questions'>) {
    return { questions: this.recipe(ask).questions?.(this.row(target)) ?? [] };
  }

  plan({ ask, target, answers }: { ask: string; target: TargetWire; answers: AnswersGiven }): PlanWire {
    const recipe = this.recipe(ask);
    const row = this.row(target);
    const because = row && recipe.refusal?.(row);
    if (because) throw refused({ kind: 'conflict', operation: 'plan the change', message: because, next: 'Choose another change.', refusedBy: 'this app', requestId: null });
    const name = row?.name ?? answers['name'] ?? '';
    const connection = this.connection(target.is === 'item' ? (row?.connection ?? '') : target.connection);
    const production = connection.environment === 'production';
    const order = `01JFAKE${String(this.#next++).padStart(6, '0')}`;
    const wire: PlanWire = {
      order,
      digest: `digest of ${order}`,
      ask,
      title: recipe.title(name),
      name,
      connection: connection.name,
      environment: connection.environment,
      actor: connection.identity ?? 'not told',
      tier: production && recipe.tier === 'undo' ? 'consequences' : recipe.tier,
      effects: recipe.effects(name, answers),
      warnings: recipe.warnings?.(name) ?? [],
      steps: recipe.steps(name, answers),
      undo: recipe.undo,
      blocked: connection.writesUntil === null ? readOnly('confirm the change') : null,
    };
    this.#plans.set(order, { wire, target, answers });
    return wire;
  }

  drop(order: string): void {
    this.#plans.delete(order);
  }

  async confirm({ order, digest, typed }: Request<'confirm_change'>): Promise<OrderWire> {
    const waiting = this.#plans.get(order);
    if (!waiting || waiting.wire.digest !== digest) {
      throw refused({ kind: 'not-found', operation: 'confirm the change', message: 'The plan is not there any more: it was used, or is older than ten minutes.', next: 'Make the plan anew, read it, and confirm it.', refusedBy: 'this app', requestId: null });
    }
    const { wire, target } = waiting;
    if (this.connection(wire.connection).writesUntil === null) throw readOnly('confirm the change');
    if (wire.tier === 'name' && typed?.trim() !== wire.name) {
      throw refused({ kind: 'invalid', operation: 'confirm the change', message: `The name “${wire.name}” has to be typed.`, next: 'Type the name exactly as it is shown.', refusedBy: 'this app', requestId: null });
    }
    this.#plans.delete(order);
    this.#orders.set(order, waiting);
    const row = this.row(target);
    const reference = row?.ref ?? (target.is === 'vault' ? `${target.connection}/${target.vault}/${wire.name}` : null);
    const begun = this.journal.begin(order, { ask: wire.ask, title: wire.title, connection: wire.connection, actor: wire.actor, reference, steps: wire.steps });
    return this.carryOut(begun, waiting, row ? FATES[row.name] : undefined);
  }

  async check(id: string): Promise<OrderWire> {
    const order = this.journal.find(id);
    await this.pause();
    if (order.state !== 'unknown') return structuredClone(order);
    order.steps.forEach((step, at) => {
      if (step.state === 'unknown') this.journal.note(order, at, 'verified', { evidence: `A reading shows that it happened at the time it was sent: ${step.says.toLowerCase()}.` });
    });
    this.journal.end(order, 'done', { undo: 'whole' });
    this.apply(order);
    return structuredClone(order);
  }

  async continue(id: string): Promise<OrderWire> {
    const order = this.journal.find(id);
    if (this.connection(order.connection).writesUntil === null) throw readOnly('continue the order');
    return this.carryOut(order, this.#orders.get(id), undefined);
  }

  abandon(id: string): OrderWire {
    const order = this.journal.find(id);
    const at = order.steps.findIndex((step) => step.state === 'intent');
    this.journal.note(order, at, 'abandoned');
    const done = order.steps.filter((step) => step.state === 'verified').map((step) => `Done: ${step.says.toLowerCase()}.`);
    this.journal.end(order, 'abandoned', {
      error: refused({ kind: 'interrupted', operation: 'give the order up', message: 'A person gave the rest up.', changed: { is: 'exactly', what: done }, next: 'What was done stays as it is; look at the item.', requestId: null }),
    });
    return structuredClone(order);
  }

  undo(id: string): PlanWire {
    const order = this.journal.find(id);
    const row = this.#place.rows.find((one) => one.ref === order.reference);
    const back = row && RECIPES[order.ask]?.back?.(row, this.#orders.get(id)?.answers ?? {});
    if (!row || !back) throw refused({ kind: 'unsupported', operation: 'undo the change', message: `“${order.title}” cannot be taken back.`, next: 'Make a change of its own.', refusedBy: 'this app', requestId: null });
    return this.plan({ ask: back[0], target: { is: 'item', reference: row.ref }, answers: back[1] });
  }

  writeMode(connection: string, on: boolean): string | null {
    const row = this.connection(connection);
    row.writesUntil = on ? new Date(Date.now() + this.#place.quarter * 1000).toISOString() : null;
    this.journal.writeMode(connection, row.writesUntil);
    return row.writesUntil;
  }

  private async carryOut(order: OrderWire, waiting: Waiting | undefined, fate: 'lost' | 'refused' | undefined): Promise<OrderWire> {
    order.state = 'running';
    for (const [at, step] of order.steps.entries()) {
      if (step.state === 'verified') continue;
      this.journal.note(order, at, 'sent');
      await this.pause();
      if (fate === 'lost') {
        this.journal.note(order, at, 'unknown');
        this.journal.end(order, 'unknown', { error: lostAnswer(order.title.charAt(0).toLowerCase() + order.title.slice(1)) });
        return structuredClone(order);
      }
      if (fate === 'refused') {
        this.journal.note(order, at, 'abandoned', { requestId: '7f2c91d0-9c55' });
        const error = refused({ operation: 'carry out the change', message: 'Vault refused: the policy of this token does not allow it.', permission: `update on ${step.operation}`, refusedBy: 'Vault', requestId: '7f2c91d0-9c55' });
        this.journal.end(order, 'abandoned', { error });
        return structuredClone(order);
      }
      this.journal.note(order, at, 'observed', { requestId: `7f2c91d0-${order.order.slice(-4)}-${at + 1}` });
      await this.pause();
      this.journal.note(order, at, 'verified', { evidence: `A reading shows it: ${step.says.toLowerCase()}.` });
    }
    this.journal.end(order, 'done', { undo: waiting?.wire.undo ?? 'no' });
    this.apply(order);
    return structuredClone(order);
  }

  private apply(order: OrderWire): void {
    const row = this.#place.rows.find((one) => one.ref === order.reference);
    if (row) RECIPES[order.ask]?.apply?.(row, this.#orders.get(order.order)?.answers ?? {});
  }

  private recipe(ask: string) {
    const recipe = RECIPES[ask];
    if (!recipe) throw refused({ kind: 'invalid', operation: 'plan the change', message: `“${ask}” is no change that Claviger knows.`, next: 'Choose one of the changes that the item offers.', requestId: null });
    return recipe;
  }

  private row(target: TargetWire): ItemRow | null {
    return target.is === 'item' ? (this.#place.rows.find((one) => one.ref === target.reference) ?? null) : null;
  }

  private connection(name: string): ConnectionRow {
    const found = this.#place.connections().find((one) => one.name === name);
    if (!found) throw refused({ kind: 'not-found', operation: 'find the connection', message: `There is no connection ${name}.`, next: 'Look at the list of connections.', requestId: null });
    if (found.writesUntil !== null && Date.parse(found.writesUntil) <= Date.now()) found.writesUntil = null;
    return found;
  }

  private pause(): Promise<void> {
    return this.#place.pace ? new Promise((done) => setTimeout(done, this.#place.pace)) : Promise.resolve();
  }
}

function readOnly(operation: string): WireError {
  return refused({
    operation,
    message: 'The connection is read-only.',
    next: 'Allow changes through this connection for 15 minutes, then confirm again.',
    refusedBy: 'this app',
    requestId: null,
  });
}

