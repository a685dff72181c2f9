// One rotation while a person looks at it: how it stands, what was typed, what went wrong where. Rust decides what may be
// done; nothing is sent twice, and what was typed stays until it was taken.
import type { CallPreview, ConsumerKindRow, LockWire, PlanWire, RotationNote, RotationOrderWire, RotationProof, RotationStepWire, RotationWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { rotation as words } from '../../words/rotation';
import type { Writing } from '../change/writing.svelte';
import { StepOrder, type Confirmed, type OrderRoom, type Unseen } from '../wizard/order.svelte';
import type { WizardRoom } from '../wizard/room';
import { ScopeForm } from './scope.svelte';
import { viewOf, type ViewName } from './steps';

/** How often the clock is looked at while a lock waits for its time, in milliseconds. */
const LOOK = 1000;

export class RotationRoom implements WizardRoom, OrderRoom<RotationWire> {
  rotation = $state.raw<RotationWire | null>(null);
  /** Why the rotation could not be read. */
  error = $state.raw<WireError | null>(null);
  reading = $state(false);
  /** The word of what is under way; there is one thing at a time. */
  busy = $state<string | null>(null);
  /** What went wrong, by the word of what was wanted. */
  problems = $state.raw<Readonly<Record<string, WireError>>>({});
  /** The words of what came too late: somebody else had changed the rotation. */
  overtaken = $state.raw<readonly string[]>([]);
  /** What was typed, by the word of what it is for. */
  texts = $state<Record<string, string>>({});
  view = $state<ViewName>('scope');
  /** The method as it is chosen in the form, while that is sent and after. */
  method = $state<string | null>(null);
  /** The test signature as it was made in this room. */
  proof = $state.raw<RotationProof | null>(null);
  /** What a call would send, by the consumer's number. */
  previews = $state.raw<Readonly<Record<string, CallPreview>>>({});
  /** The digests of the calls that are under way, by consumer. */
  calls = $state<Record<string, string>>({});
  kinds = $state.raw<readonly ConsumerKindRow[]>([]);
  /** What the live region says. */
  announcement = $state('');
  now = $state(Date.now());
  readonly scope = new ScopeForm();
  readonly order: StepOrder<RotationWire>;

  readonly #host: Host;
  #id = '';
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host, writing: Writing, unseen: Unseen) {
    this.#host = host;
    this.order = new StepOrder(host, writing, this, unseen);
  }

  get id(): string {
    return this.#id;
  }

  /** Whether something is out whose end is not known. */
  get live(): RotationOrderWire | null {
    return this.orders.find((order) => order.state === 'live') ?? null;
  }

  get orders(): readonly RotationOrderWire[] {
    return this.rotation?.orders ?? [];
  }

  nameOf(step: string): string {
    return words.order.name(step);
  }

  showOf(step: string): string {
    return words.order.show(step);
  }

  planOf(step: string): Promise<PlanWire> {
    return this.#host.ask('plan_rotation', { rotation: this.#id, step });
  }

  carryOut(confirmed: Confirmed): Promise<RotationWire> {
    return this.#host.ask('confirm_rotation', { rotation: this.#id, ...confirmed });
  }

  lock(word: string): LockWire | null {
    return this.rotation?.locks[word] ?? null;
  }

  step(word: string): RotationStepWire | null {
    return this.rotation?.steps.find((one) => one.step === word) ?? null;
  }

  titleOf(kind: string): string {
    return this.kinds.find((one) => one.kind === kind)?.title ?? kind;
  }

  text(word: string): string {
    return this.texts[word] ?? '';
  }

  async open(id: string): Promise<void> {
    this.order.drop();
    this.#id = id;
    Object.assign(this, { rotation: null, problems: {}, overtaken: [], texts: {}, proof: null, previews: {}, announcement: '' });
    this.scope.clean();
    this.#timer ??= setInterval(() => this.look(), LOOK);
    if (this.kinds.length === 0) {
      // Without them a kind is called by its word.
      this.#host.ask('consumer_kinds', {}).then(({ kinds }) => (this.kinds = kinds)).catch(() => undefined);
    }
    await this.refresh();
  }

  /** Reads the rotation afresh. What was read before stays, marked, if that fails. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.reading = true;
    try {
      const rotation = await this.#host.ask('open_rotation', { rotation: this.#id });
      if (turn !== this.#turn) return;
      this.error = null;
      this.take(rotation);
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) this.reading = false;
    }
  }

  /** Shows `view`; a plan that nobody confirmed is dropped. */
  show(view: ViewName): void {
    if (view === this.view) return;
    this.order.drop();
    this.view = view;
  }

  /** Says something of the rotation. `word` is where an error is shown; the texts of `words` are let go once it was taken. */
  note(note: RotationNote, word: string, ...texts: string[]): Promise<boolean> {
    return this.send(word, ({ row, revision }) => this.#host.ask('note_rotation', { rotation: row.id, revision, note }), [word, ...texts]);
  }

  /** Settles what is settled in the step in view, then goes on. Stops at what fails. */
  async goOn(): Promise<boolean> {
    const phase = this.rotation?.row.phase;
    if (phase === 'scope' && this.scope.touched) {
      const settings = this.scope.take();
      if (!settings || !(await this.note({ is: 'set-scope', settings }, 'go-on'))) return false;
      this.scope.clean();
    }
    return this.note({ is: 'go-on' }, 'go-on');
  }

  /** Chooses a method at once: what is locked depends on it. */
  async choose(method: string): Promise<boolean> {
    if (this.busy !== null) return false;
    this.method = method;
    const done = await this.note({ is: 'choose', method }, 'choose');
    this.method = this.rotation?.method ?? null;
    return done;
  }

  /** Has an address looked at. */
  lookAt(consumer: string): Promise<boolean> {
    return this.send(`look:${consumer}`, ({ row }) => this.#host.ask('look_at_consumer', { rotation: row.id, consumer }));
  }

  /** Has the new material sign a test token. */
  prove(): Promise<boolean> {
    return this.send('prove', async ({ row }) => {
      this.proof = await this.#host.ask('prove_rotation', { rotation: row.id });
      return this.proof.rotation;
    });
  }

  /** Reads at the place what became of the order that is out. Nothing is sent again. */
  async check(): Promise<boolean> {
    const done = await this.send('check', ({ row }) => this.#host.ask('check_rotation', { rotation: row.id }));
    await this.order.follow();
    return done;
  }

  /** Shows what a command or a webhook would be sent. */
  preview(consumer: string): Promise<boolean> {
    return this.send(`preview:${consumer}`, async (rotation) => {
      const preview = await this.#host.ask('preview_call', { rotation: rotation.row.id, consumer });
      this.previews = { ...this.previews, [consumer]: preview };
      return rotation;
    });
  }

  /** Has the call done that was shown, once: afterwards it has to be looked at again. */
  async call(consumer: string): Promise<boolean> {
    const preview = this.previews[consumer];
    if (!preview) return false;
    const done = await this.send(`tell:${consumer}`, ({ row }) => {
      this.forgetPreview(consumer);
      this.calls[consumer] = preview.digest;
      return this.#host.ask('call_consumer', { rotation: row.id, consumer, digest: preview.digest });
    });
    delete this.calls[consumer];
    // How far a call that failed came is for Rust to say.
    if (!done) await this.refresh();
    return done;
  }

  /** Asks for a call that is under way to be broken off. It is taken down as failed. */
  async stop(consumer: string): Promise<void> {
    const operation = this.calls[consumer];
    if (operation !== undefined) await this.#host.ask('cancel', { operation });
  }

  forgetPreview(consumer: string): void {
    this.previews = Object.fromEntries(Object.entries(this.previews).filter(([id]) => id !== consumer));
  }

  /** Drops answers that are still under way; an order goes on. */
  leave(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.order.leave();
  }

  /** Takes what Rust says, unless something newer was heard already. */
  take(rotation: RotationWire): void {
    const before = this.rotation;
    if (rotation.row.id !== this.#id || (before && rotation.revision < before.revision)) return;
    this.rotation = rotation;
    this.now = Date.now();
    this.scope.hear(rotation.settings);
    if (before?.row.phase !== rotation.row.phase) {
      this.order.drop();
      this.view = viewOf(rotation);
      this.method = rotation.method;
    }
  }

  /** Sends one thing at a time. A conflict may mean that somebody else was faster: the rotation is read again. */
  private async send(word: string, ask: (rotation: RotationWire) => Promise<RotationWire>, texts: readonly string[] = []): Promise<boolean> {
    const rotation = this.rotation;
    if (!rotation || this.busy !== null) return false;
    this.busy = word;
    this.problems = Object.fromEntries(Object.entries(this.problems).filter(([one]) => one !== word));
    this.overtaken = this.overtaken.filter((one) => one !== word);
    try {
      // The answer is newer than whatever a reading that is under way brings.
      const answer = await ask(rotation);
      const newer = answer.log.length > rotation.log.length ? answer.log.at(-1)?.says : undefined;
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
        if (this.rotation && this.rotation.revision !== rotation.revision) this.overtaken = [...this.overtaken, word];
      }
      return false;
    } finally {
      this.busy = null;
    }
  }

  /** The clock opens a lock that only waits for its time: then Rust is asked how it stands. */
  private look(): void {
    const before = this.now;
    const rotation = this.rotation;
    if (!rotation || rotation.row.over) return;
    const locks = [...Object.values(rotation.locks), ...rotation.steps.map((step) => step.lock)];
    const times = locks.flatMap((lock) => (lock?.until ? [Date.parse(lock.until)] : []));
    if (times.length === 0) return;
    this.now = Date.now();
    if (times.some((time) => time > before && time <= this.now) && this.busy === null) void this.refresh();
  }
}
