// One destruction while a person looks at it: how it stands, what was typed, what went wrong where. Rust decides what may be
// done; nothing is sent twice, and what was typed stays until it was taken.
import type { DestructionNote, DestructionOrderWire, DestructionSettings, DestructionWire, LockWire, PlanWire, RotationStepWire, SheetForm, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { destruction as words } from '../../words/destruction';
import type { Writing } from '../change/writing.svelte';
import { StepOrder, type Confirmed, type OrderRoom, type Unseen } from '../wizard/order.svelte';
import type { WizardRoom } from '../wizard/room';
import { viewOf, type ViewName } from './steps';

/** How often the clock is looked at, in milliseconds. */
const LOOK = 1000;

export class DestructionRoom implements WizardRoom, OrderRoom<DestructionWire> {
  wire = $state.raw<DestructionWire | null>(null);
  /** Why the destruction could not be read. */
  error = $state.raw<WireError | null>(null);
  busy = $state<string | null>(null);
  problems = $state.raw<Readonly<Record<string, WireError>>>({});
  overtaken = $state.raw<readonly string[]>([]);
  texts = $state<Record<string, string>>({});
  view = $state<ViewName>('evidence');
  /** The rules as they are typed; `null` while they are as they were kept. */
  rules = $state<Record<keyof DestructionSettings, string> | null>(null);
  announcement = $state('');
  now = $state(Date.now());
  readonly order: StepOrder<DestructionWire>;

  readonly #host: Host;
  #id = '';
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host, writing: Writing, unseen: Unseen) {
    this.#host = host;
    this.order = new StepOrder(host, writing, this, unseen);
  }

  get orders(): readonly DestructionOrderWire[] {
    return this.wire?.orders ?? [];
  }

  /** Whether something is out whose end is not known. */
  get live(): DestructionOrderWire | null {
    return this.orders.find((order) => order.state === 'live') ?? null;
  }

  lock(word: string): LockWire | null {
    // What is said of each finding has a place of its own, and one lock.
    return this.wire?.locks[word.split(':')[0] ?? word] ?? null;
  }

  step(word: string): RotationStepWire | null {
    return this.wire?.steps.find((one) => one.step === word) ?? null;
  }

  /** Whether the place has that step. */
  has(word: string): boolean {
    return this.step(word)?.absent === null;
  }

  text(word: string): string {
    return this.texts[word] ?? '';
  }

  nameOf(step: string): string {
    return words.order.names[step] ?? step;
  }

  showOf(step: string): string {
    return words.order.show[step] ?? step;
  }

  planOf(step: string): Promise<PlanWire> {
    return this.#host.ask('plan_destruction', { destruction: this.#id, step });
  }

  carryOut(confirmed: Confirmed): Promise<DestructionWire> {
    return this.#host.ask('confirm_destruction', { destruction: this.#id, ...confirmed });
  }

  async open(id: string): Promise<void> {
    this.order.drop();
    this.#id = id;
    Object.assign(this, { wire: null, error: null, problems: {}, overtaken: [], texts: {}, rules: null, announcement: '' });
    this.#timer ??= setInterval(() => this.look(), LOOK);
    await this.refresh();
  }

  /** Reads the destruction afresh. What was read before stays, marked, if that fails. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const wire = await this.#host.ask('open_destruction', { destruction: this.#id });
      if (turn !== this.#turn) return;
      this.error = null;
      this.take(wire);
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    }
  }

  /** Shows `view`; a plan that nobody confirmed is dropped. */
  show(view: ViewName): void {
    if (view === this.view) return;
    this.order.drop();
    this.view = view;
  }

  /** Says something of the destruction. `word` is where an error is shown, and what was typed for it is let go. */
  note(note: DestructionNote, word: string = note.is): Promise<boolean> {
    return this.send(word, ({ row, revision }) => this.#host.ask('note_destruction', { destruction: row.id, revision, note }));
  }

  /** Keeps the rules as they are typed. */
  async settle(): Promise<boolean> {
    const typed = this.rules;
    if (!typed) return true;
    const number = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : -1);
    const settings = { reason: typed.reason.trim(), windowDays: number(typed.windowDays), soakDays: number(typed.soakDays), waitDays: number(typed.waitDays) };
    if ([settings.windowDays, settings.soakDays, settings.waitDays].includes(-1)) return false;
    const done = await this.note({ is: 'settle', settings });
    if (done) this.rules = null;
    return done;
  }

  /** Reads at the place what became of the order that is out. Nothing is sent again. */
  async check(): Promise<boolean> {
    const done = await this.send('check', ({ row }) => this.#host.ask('check_destruction', { destruction: row.id }));
    await this.order.follow();
    return done;
  }

  /** Saves the sheet; where it is, or `null` if that was called off or failed. */
  async save(form: SheetForm): Promise<string | null> {
    let path: string | null = null;
    await this.send('sheet', async (wire) => {
      path = (await this.#host.ask('save_destruction_sheet', { destruction: wire.row.id, form })).paths[0] ?? null;
      return wire;
    });
    return path;
  }

  /** Drops answers that are still under way; an order goes on. */
  leave(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.order.leave();
  }

  /** Takes what Rust says, unless something newer was heard already. */
  take(wire: DestructionWire): void {
    const before = this.wire;
    if (wire.row.id !== this.#id || (before && wire.revision < before.revision)) return;
    this.wire = wire;
    this.now = Date.now();
    if (before?.row.phase !== wire.row.phase) {
      this.order.drop();
      this.view = viewOf(wire);
    }
  }

  private async send(word: string, ask: (wire: DestructionWire) => Promise<DestructionWire>): Promise<boolean> {
    const wire = this.wire;
    if (!wire || this.busy !== null) return false;
    this.busy = word;
    this.problems = Object.fromEntries(Object.entries(this.problems).filter(([one]) => one !== word));
    this.overtaken = this.overtaken.filter((one) => one !== word);
    try {
      const answer = await ask(wire);
      const newer = answer.log.length > wire.log.length ? answer.log.at(-1)?.says : undefined;
      this.take(answer);
      this.announcement = newer ?? '';
      delete this.texts[word];
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

  /** The clock counts down, and opens a lock that only waits for its time: then Rust is asked how it stands. */
  private look(): void {
    const before = this.now;
    const wire = this.wire;
    if (!wire || wire.row.over) return;
    this.now = Date.now();
    const locks = [...Object.values(wire.locks), ...wire.steps.map((step) => step.lock)];
    const times = [...locks.map((lock) => lock?.until), wire.row.ends].flatMap((time) => (time ? [Date.parse(time)] : []));
    if (times.some((time) => time > before && time <= this.now) && this.busy === null) void this.refresh();
  }
}
