// One rotation while a person looks at it: what every wizard has, and what is a rotation's own.
import type { CallPreview, ConsumerKindRow, PlanWire, RotationNote, RotationProof, RotationStepWire, RotationWire } from '../../host/contract.gen';
import { openings, WizardRoom } from '../wizard/wizard.svelte';
import type { Confirmation } from '../wizard/order.svelte';
import { ScopeForm } from './scope.svelte';
import { viewOf, type ViewName } from './steps';

export class RotationRoom extends WizardRoom<RotationWire> {
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
  readonly scope = new ScopeForm();

  get rotation(): RotationWire | null {
    return this.wire;
  }

  step(word: string): RotationStepWire | null {
    return this.rotation?.steps.find((one) => one.step === word) ?? null;
  }

  titleOf(kind: string): string {
    return this.kinds.find((one) => one.kind === kind)?.title ?? kind;
  }

  /** Shows `view`; a plan that nobody confirmed is dropped. */
  show(view: ViewName): void {
    if (view === this.view) return;
    this.order.drop();
    this.view = view;
  }

  /** Says something of the rotation. `word` is where an error is shown; the texts of `words` are let go once it was taken. */
  note(note: RotationNote, word: string, ...texts: string[]): Promise<boolean> {
    return this.send(word, ({ row, revision }) => this.host.ask('note_rotation', { rotation: row.id, revision, note }), [word, ...texts]);
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
    return this.send(`look:${consumer}`, ({ row }) => this.host.ask('look_at_consumer', { rotation: row.id, consumer }));
  }

  /** Has the new material sign a test token. */
  prove(): Promise<boolean> {
    return this.send('prove', async ({ row }) => {
      this.proof = await this.host.ask('prove_rotation', { rotation: row.id });
      return this.proof.rotation;
    });
  }

  /** Shows what a command or a webhook would be sent. */
  preview(consumer: string): Promise<boolean> {
    return this.send(`preview:${consumer}`, async (rotation) => {
      const preview = await this.host.ask('preview_call', { rotation: rotation.row.id, consumer });
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
      return this.host.ask('call_consumer', { rotation: row.id, consumer, digest: preview.digest });
    });
    delete this.calls[consumer];
    // How far a call that failed came is for Rust to say.
    if (!done) await this.refresh();
    return done;
  }

  /** Asks for a call that is under way to be broken off. It is taken down as failed. */
  async stop(consumer: string): Promise<void> {
    const operation = this.calls[consumer];
    if (operation !== undefined) await this.host.ask('cancel', { operation });
  }

  forgetPreview(consumer: string): void {
    this.previews = Object.fromEntries(Object.entries(this.previews).filter(([id]) => id !== consumer));
  }

  plan(step: string): Promise<PlanWire> {
    return this.host.ask('plan_rotation', { rotation: this.id, step });
  }

  confirm(confirmation: Confirmation): Promise<RotationWire> {
    return this.host.ask('confirm_rotation', { rotation: this.id, ...confirmation });
  }

  protected read(rotation: string): Promise<RotationWire> {
    return this.host.ask('open_rotation', { rotation });
  }

  protected ask(rotation: string): Promise<RotationWire> {
    return this.host.ask('check_rotation', { rotation });
  }

  protected forget(): void {
    Object.assign(this, { proof: null, previews: {} });
    this.scope.clean();
    if (this.kinds.length > 0) return;
    // Without them a kind is called by its word.
    this.host.ask('consumer_kinds', {}).then(({ kinds }) => (this.kinds = kinds)).catch(() => undefined);
  }

  protected heard(now: RotationWire, before: RotationWire | null): void {
    this.scope.hear(now.settings);
    if (before?.row.phase === now.row.phase) return;
    this.order.drop();
    this.view = viewOf(now);
    this.method = now.method;
  }

  protected times(rotation: RotationWire): number[] {
    return openings([...Object.values(rotation.locks), ...rotation.steps.map((step) => step.lock)]);
  }
}
