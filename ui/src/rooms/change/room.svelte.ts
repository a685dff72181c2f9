// One change on its way: questions, plan, confirmation, progress, outcome. What was confirmed is sent once.
import type { OrderWire, PlanWire, TargetWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { change as words } from '../../words/change';
import { ChangeForm, type Given } from './form.svelte';
import type { Writing } from './writing.svelte';

/** What is wanted: an ask of an item or a vault, or an order taken back. */
export type Wanted =
  | {
      ask: string;
      target: TargetWire;
      /** What a person calls the target. */
      name: string;
      /** An answer that is already known, such as the id of a grant. */
      about: string | null;
      /** All the answers, where a room of its own has asked for them: then there is no form. */
      given?: Readonly<Record<string, string>>;
    }
  | { undo: string };

/**
 * `asking` for the questions, the `form` with their answers, `planning`, the `plan` that is read, `running` after it was
 * confirmed, and `settled` with an outcome; `failed` where there was no way on.
 */
export type Stage = 'asking' | 'form' | 'planning' | 'plan' | 'running' | 'settled' | 'failed';

/** How often the journal is looked at while an order is carried out, in milliseconds. */
const LOOK = 400;

export class ChangeRoom {
  stage = $state<Stage>('asking');
  wanted = $state.raw<Wanted>({ undo: '' });
  form = $state.raw<ChangeForm | null>(null);
  plan = $state.raw<PlanWire | null>(null);
  /** How far the order is, and then what became of it. */
  order = $state.raw<OrderWire | null>(null);
  /** What went wrong on the way to the plan, or with the confirmation. */
  error = $state.raw<WireError | null>(null);
  /** What went wrong with a button of the outcome. */
  afterError = $state.raw<WireError | null>(null);
  /** The name as it was typed. */
  typed = $state('');
  /** The button that confirms was pressed for this plan; there is no second time. */
  spent = $state(false);
  /** The order is being checked. */
  checking = $state(false);

  readonly #host: Host;
  readonly #writing: Writing;
  /** Called when an order is settled while nobody looks; with `null` if it was not sent. */
  readonly #unseen: (title: string, order: OrderWire | null) => void;
  #left = false;
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host, writing: Writing, unseen: (title: string, order: OrderWire | null) => void) {
    this.#host = host;
    this.#writing = writing;
    this.#unseen = unseen;
  }

  /** Why the plan cannot be confirmed now: its connection is read-only, or is so again. */
  get blocked(): WireError | null {
    if (!this.plan || this.#writing.secondsLeft(this.plan.connection) !== null) return null;
    return this.plan.blocked ?? overError();
  }

  /** Whether a plan may follow the one that was turned down: only where it is certain that nothing was sent. */
  get mayPlanAgain(): boolean {
    return this.stage === 'plan' && this.spent && this.error?.changed.is === 'nothing';
  }

  /** Why the button that confirms takes no press. */
  get reason(): string | null {
    if (!this.plan) return words.plan.readOnly;
    if (this.spent) return words.plan.spent;
    if (this.blocked) return words.plan.readOnly;
    return this.plan.tier === 'name' && this.typed.trim() !== this.plan.name.trim() ? words.plan.typeFirst : null;
  }

  /** Begins anew with what is wanted. */
  async begin(wanted: Wanted): Promise<void> {
    const turn = this.restart(wanted);
    this.form = null;
    if ('undo' in wanted) return this.makePlan({ answers: {}, secrets: {} });
    if (wanted.given) return this.makePlan({ answers: { ...wanted.given }, secrets: {} });
    this.stage = 'asking';
    try {
      const { questions } = await this.#host.ask('change_questions', { ask: wanted.ask, target: wanted.target });
      if (turn !== this.#turn) return;
      this.form = new ChangeForm(questions, wanted.about);
      if (questions.length > 0) this.stage = 'form';
      else await this.makePlan(this.form.take());
    } catch (caught) {
      if (turn === this.#turn) this.fail(caught);
    }
  }

  /** Makes the plan, if the answers are in order. Answers whether they were. */
  async submit(): Promise<boolean> {
    if (this.stage !== 'form' || !this.form) return false;
    this.form.touchAll();
    if (Object.keys(this.form.problems()).length > 0) return false;
    await this.makePlan(this.form.take());
    return true;
  }

  /** From the plan back to the answers. The plan is dropped. */
  back(): void {
    if (this.stage !== 'plan' || this.spent || !this.form) return;
    this.drop();
    this.#turn += 1;
    this.error = null;
    this.form.touched = {};
    this.stage = 'form';
  }

  /** Makes the plan anew, after a confirmation that was turned down. What is secret has to be typed again. */
  async again(): Promise<void> {
    const wanted = this.wanted;
    this.drop();
    if (this.form && this.form.questions.length > 0) {
      this.restart(wanted);
      this.form.touched = {};
      this.stage = 'form';
    } else await this.begin(wanted);
  }

  /** Allows changes through the connection of the plan. */
  async allow(): Promise<void> {
    if (!this.plan) return;
    this.error = await this.#writing.allow(this.plan.connection);
  }

  /** Has the plan carried out, once: neither a second press nor an error makes it go out again. */
  async confirm(): Promise<void> {
    const plan = this.plan;
    if (this.stage !== 'plan' || !plan || this.reason !== null) return;
    this.spent = true;
    this.error = null;
    this.stage = 'running';
    this.watch(plan.order);
    try {
      const typed = plan.tier === 'name' ? this.typed : null;
      this.settle(await this.#host.ask('confirm_change', { order: plan.order, digest: plan.digest, typed }));
    } catch (caught) {
      this.error = toWireError(caught);
      this.stage = 'plan';
      this.dropOne(plan.order);
      if (this.#left) this.#unseen(plan.title, null);
    } finally {
      clearInterval(this.#timer);
      this.typed = '';
    }
  }

  /** Reads at the provider what became of the order. Nothing is sent again. */
  async check(): Promise<void> {
    if (!this.order || this.checking) return;
    this.checking = true;
    this.afterError = null;
    try {
      this.order = await this.#host.ask('check_order', { order: this.order.order });
    } catch (caught) {
      this.afterError = toWireError(caught);
    } finally {
      this.checking = false;
    }
  }

  /** The dialog goes. A plan that was not confirmed is dropped; an order that is under way goes on. */
  leave(): void {
    this.#left = true;
    this.#turn += 1;
    clearInterval(this.#timer);
    this.form?.forget();
    this.typed = '';
    if (!this.spent) this.drop();
  }

  private async makePlan(given: Given): Promise<void> {
    const wanted = this.wanted;
    const turn = ++this.#turn;
    this.error = null;
    this.stage = 'planning';
    try {
      const plan = await ('undo' in wanted
        ? this.#host.ask('plan_undo', { order: wanted.undo })
        : this.#host.ask('plan_change', { ask: wanted.ask, target: wanted.target, ...given }));
      // Left in the meantime: nobody will read it.
      if (turn !== this.#turn) return this.dropOne(plan.order);
      this.plan = plan;
      this.stage = 'plan';
    } catch (caught) {
      if (turn === this.#turn) this.fail(caught);
    } finally {
      for (const name of Object.keys(given.secrets)) given.secrets[name] = '';
    }
  }

  private settle(order: OrderWire): void {
    this.order = order;
    this.stage = 'settled';
    if (this.#left) this.#unseen(order.title, order);
  }

  /** Follows the order in the journal, step by step, until it is settled. What cannot be read is tried again. */
  private watch(order: string): void {
    this.#timer = setInterval(() => {
      this.#host
        .ask('list_journal', { filter: order, reference: null, before: null, limit: 1 })
        .then(({ entries }) => {
          const entry = entries[0];
          if (this.stage === 'running' && entry?.entry === 'order' && entry.order.order === order) this.order = entry.order;
        })
        .catch(() => undefined);
    }, LOOK);
  }

  private restart(wanted: Wanted): number {
    this.drop();
    this.wanted = wanted;
    this.order = null;
    this.error = null;
    this.afterError = null;
    this.typed = '';
    this.spent = false;
    return ++this.#turn;
  }

  /** With a form on screen the answers stay, and the error stands beside them. */
  private fail(caught: unknown): void {
    this.error = toWireError(caught);
    this.stage = this.form && this.form.questions.length > 0 ? 'form' : 'failed';
  }

  private drop(): void {
    const plan = this.plan;
    this.plan = null;
    if (plan && !this.spent) this.dropOne(plan.order);
  }

  /** Rust forgets it after ten minutes anyhow. */
  private dropOne(order: string): void {
    this.#host.ask('drop_plan', { order }).catch(() => undefined);
  }
}

function overError(): WireError {
  return {
    kind: 'denied',
    operation: words.writing.overOperation,
    message: words.writing.over,
    changed: { is: 'nothing' },
    next: words.writing.overNext,
    permission: null,
    refusedBy: words.writing.us,
    requestId: null,
  };
}
