// A step of a plan of several steps at the place: its plan, the confirmation, and what became of it. What was confirmed is sent once.
import type { OrderWire, PlanWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { change as words } from '../../words/change';
import type { Writing } from '../change/writing.svelte';

/** Called when an order ends while nobody looks; with `null` if it was not sent. */
export type Unseen = (title: string, state: 'done' | 'unknown' | 'abandoned' | null) => void;

/** An order as the wizard has it. */
export interface WizardOrder {
  step: string;
  order: string;
  state: string;
  because: string | null;
}

/** What was confirmed: which plan, under which digest, with which name typed. */
export interface Confirmed {
  step: string;
  order: string;
  digest: string;
  typed: string | null;
}

/** What an order needs of the room that it is in. */
export interface OrderRoom<W extends { orders: readonly WizardOrder[] }> {
  planOf(step: string): Promise<PlanWire>;
  carryOut(confirmed: Confirmed): Promise<W>;
  take(wizard: W): void;
  refresh(): Promise<void>;
}

/** How often the journal is looked at while an order is carried out, in milliseconds. */
const LOOK = 400;

export class StepOrder<W extends { orders: readonly WizardOrder[] } = { orders: readonly WizardOrder[] }> {
  /** The step that is planned, carried out, or was carried out last. */
  step = $state<string | null>(null);
  plan = $state.raw<PlanWire | null>(null);
  stage = $state<'idle' | 'planning' | 'plan' | 'running' | 'settled'>('idle');
  /** How the order goes, as the journal has it. */
  journal = $state.raw<OrderWire | null>(null);
  error = $state.raw<WireError | null>(null);
  typed = $state('');
  /** The button that confirms was pressed for this plan; there is no second time. */
  spent = $state(false);

  readonly #host: Host;
  readonly #writing: Writing;
  readonly #room: OrderRoom<W>;
  readonly #unseen: Unseen;
  #turn = 0;
  #left = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host, writing: Writing, room: OrderRoom<W>, unseen: Unseen) {
    this.#host = host;
    this.#writing = writing;
    this.#room = room;
    this.#unseen = unseen;
  }

  /** Why the plan cannot be confirmed now: its connection is read-only, or is so again. */
  get blocked(): WireError | null {
    if (!this.plan || this.#writing.secondsLeft(this.plan.connection) !== null) return null;
    return this.plan.blocked ?? { kind: 'denied', operation: words.writing.overOperation, message: words.writing.over, changed: { is: 'nothing' }, next: words.writing.overNext, permission: null, refusedBy: words.writing.us, requestId: null };
  }

  /** Why the button that confirms takes no press. */
  get reason(): string | null {
    if (!this.plan || this.blocked) return words.plan.readOnly;
    if (this.spent) return words.plan.spent;
    return this.plan.tier === 'name' && this.typed.trim() !== this.plan.name.trim() ? words.plan.typeFirst : null;
  }

  /** Makes the plan of a step. Nothing is done. */
  async begin(step: string): Promise<void> {
    if (this.stage === 'planning' || this.stage === 'running') return;
    this.drop();
    const turn = ++this.#turn;
    this.step = step;
    this.stage = 'planning';
    try {
      const plan = await this.#room.planOf(step);
      // Left in the meantime: nobody will read it.
      if (turn !== this.#turn) return this.forget(plan.order);
      this.plan = plan;
      this.stage = 'plan';
    } catch (caught) {
      if (turn !== this.#turn) return;
      this.error = toWireError(caught);
      this.stage = 'idle';
      if (this.error.kind === 'conflict') void this.#room.refresh();
    }
  }

  /** Allows changes through the connection of the plan. */
  async allow(): Promise<void> {
    if (this.plan) this.error = await this.#writing.allow(this.plan.connection);
  }

  /** Has the plan carried out, once: neither a second press nor an error makes it go out again. */
  async confirm(): Promise<void> {
    const { plan, step } = this;
    if (this.stage !== 'plan' || !plan || step === null || this.reason !== null) return;
    const typed = plan.tier === 'name' ? this.typed : null;
    this.spent = true;
    this.error = null;
    this.stage = 'running';
    this.watch();
    try {
      const wizard = await this.#room.carryOut({ step, order: plan.order, digest: plan.digest, typed });
      const ended = wizard.orders.find((one) => one.order === plan.order);
      await this.follow();
      this.stage = 'settled';
      if (this.#left) this.#unseen(plan.title, ended?.state === 'done' ? 'done' : ended?.state === 'live' ? 'unknown' : 'abandoned');
      else this.#room.take(wizard);
    } catch (caught) {
      this.error = toWireError(caught);
      this.stage = 'settled';
      if (this.#left) this.#unseen(plan.title, this.error.changed.is === 'nothing' ? null : 'unknown');
      else await this.#room.refresh();
    } finally {
      clearInterval(this.#timer);
      this.typed = '';
    }
  }

  /** Lets go of the plan or of the outcome. An order that is under way goes on. */
  drop(): void {
    if (this.stage === 'running') return;
    this.#turn += 1;
    if (this.plan && !this.spent) this.forget(this.plan.order);
    Object.assign(this, { step: null, plan: null, stage: 'idle', journal: null, error: null, typed: '', spent: false });
  }

  leave(): void {
    this.#left = true;
    clearInterval(this.#timer);
    this.drop();
  }

  private watch(): void {
    this.#timer = setInterval(() => void this.follow(), LOOK);
  }

  /** Reads in the journal how far the order is. What cannot be read is tried again. */
  async follow(): Promise<void> {
    const order = this.plan?.order;
    if (order === undefined || !this.spent) return;
    try {
      const { entries } = await this.#host.ask('list_journal', { filter: order, reference: null, before: null, limit: 1 });
      const entry = entries[0];
      if (this.plan?.order === order && entry?.entry === 'order' && entry.order.order === order) this.journal = entry.order;
    } catch {
      // The wizard itself tells how it ended.
    }
  }

  /** Rust forgets it after ten minutes anyhow. */
  private forget(order: string): void {
    this.#host.ask('drop_plan', { order }).catch(() => undefined);
  }
}
