// One wizard while a person looks at it: how it stands, what was typed, what went wrong where. Rust decides what may be
// done; nothing is sent twice, and what was typed stays until it was taken.
import type { LockWire, LogWire, PlanWire, RotationOrderWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { wizard as words } from '../../words/wizard';
import type { Writing } from '../change/writing.svelte';
import { StepOrder, type Confirmation, type Unseen } from './order.svelte';

/** How often the clock is looked at while something waits for its time, in milliseconds. */
const LOOK = 1000;

/** What every wizard tells of itself. */
export interface WizardWire {
  row: { id: string; phase: string; over: boolean };
  revision: number;
  locks: { [key in string]: LockWire };
  orders: RotationOrderWire[];
  log: LogWire[];
}

export abstract class WizardRoom<W extends WizardWire> {
  wire = $state.raw<W | null>(null);
  /** Why it could not be read. */
  error = $state.raw<WireError | null>(null);
  reading = $state(false);
  /** The word of what is under way; there is one thing at a time. */
  busy = $state<string | null>(null);
  /** What went wrong, by the word of what was wanted. */
  problems = $state.raw<Readonly<Record<string, WireError>>>({});
  /** The words of what came too late: somebody else had changed it. */
  overtaken = $state.raw<readonly string[]>([]);
  /** What was typed, by the word of what it is for. */
  texts = $state<Record<string, string>>({});
  /** What the live region says. */
  announcement = $state('');
  now = $state(Date.now());
  readonly order: StepOrder<W>;

  protected readonly host: Host;
  #id = '';
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host, writing: Writing, unseen: Unseen) {
    this.host = host;
    this.order = new StepOrder<W>(host, writing, this, unseen);
  }

  /** Reads it as it stands. */
  protected abstract read(id: string): Promise<W>;
  /** Asks at the place what became of an order. */
  protected abstract ask(id: string): Promise<W>;
  /** The plan of a step. Nothing is done. */
  abstract plan(step: string): Promise<PlanWire>;
  /** Has the plan of a step carried out. */
  abstract confirm(confirmation: Confirmation): Promise<W>;
  /** Lets go of what was known and typed of another one. */
  protected abstract forget(): void;
  /** Something newer was heard; `before` is what was known. */
  protected abstract heard(now: W, before: W | null): void;
  /** The times at which Rust is asked afresh, in milliseconds since 1970. */
  protected abstract times(wire: W): number[];

  get id(): string {
    return this.#id;
  }

  /** Whether something is out whose end is not known. */
  get live() {
    return this.wire?.orders.find((order) => order.state === 'live') ?? null;
  }

  lock(word: string): LockWire | null {
    return this.wire?.locks[word] ?? null;
  }

  text(word: string): string {
    return this.texts[word] ?? '';
  }

  async open(id: string): Promise<void> {
    this.order.drop();
    this.#id = id;
    Object.assign(this, { wire: null, problems: {}, overtaken: [], texts: {}, announcement: '' });
    this.forget();
    this.#timer ??= setInterval(() => this.look(), LOOK);
    await this.refresh();
  }

  /** Reads it afresh. What was read before stays, marked, if that fails. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.reading = true;
    try {
      const wire = await this.read(this.#id);
      if (turn !== this.#turn) return;
      this.error = null;
      this.take(wire);
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) this.reading = false;
    }
  }

  /** Reads at the place what became of the order that is out. Nothing is sent again. */
  async check(): Promise<boolean> {
    const done = await this.send('check', ({ row }) => this.ask(row.id));
    await this.order.follow();
    return done;
  }

  /** Drops answers that are still under way; an order goes on. */
  leave(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.order.leave();
  }

  /** Takes what Rust says, unless something newer was heard already. */
  take(wire: W): void {
    const before = this.wire;
    if (wire.row.id !== this.#id || (before && wire.revision < before.revision)) return;
    this.wire = wire;
    this.now = Date.now();
    this.heard(wire, before);
  }

  /** Sends one thing at a time. A conflict may mean that somebody else was faster: it is read again. */
  protected async send(word: string, ask: (wire: W) => Promise<W>, texts: readonly string[] = []): Promise<boolean> {
    const wire = this.wire;
    if (!wire || this.busy !== null) return false;
    this.busy = word;
    this.clear(word);
    try {
      const answer = await ask(wire);
      // It is newer than whatever a reading that is under way brings, also where the revision is the same.
      this.#turn += 1;
      this.reading = false;
      const newer = answer.log.length > wire.log.length ? answer.log.at(-1)?.says : undefined;
      this.take(answer);
      this.announcement = newer ?? '';
      for (const text of texts) delete this.texts[text];
      return true;
    } catch (caught) {
      const error = toWireError(caught);
      this.problems = { ...this.problems, [word]: error };
      this.announcement = words.announceFailed(error.message);
      if (error.kind === 'conflict') {
        await this.refresh();
        if (this.wire && this.wire.revision !== wire.revision) this.overtaken = [...this.overtaken, word];
      }
      return false;
    } finally {
      this.busy = null;
    }
  }

  /** Lets go of what went wrong with `word`. */
  protected clear(word: string): void {
    this.problems = Object.fromEntries(Object.entries(this.problems).filter(([one]) => one !== word));
    this.overtaken = this.overtaken.filter((one) => one !== word);
  }

  /** The clock opens a lock that only waits for its time: then Rust is asked how it stands. */
  private look(): void {
    const before = this.now;
    if (!this.wire || this.wire.row.over) return;
    const times = this.times(this.wire);
    if (times.length === 0) return;
    this.now = Date.now();
    if (times.some((time) => time > before && time <= this.now) && this.busy === null) void this.refresh();
  }
}

/** When the locks open that only wait for their time. */
export function openings(locks: readonly (LockWire | null)[]): number[] {
  return locks.flatMap((lock) => (lock?.until ? [Date.parse(lock.until)] : []));
}
