// One destruction while a person looks at it: what every wizard has, and what is a destruction's own.
import type { DestructionNote, DestructionSettings, DestructionWire, LockWire, PlanWire, RotationStepWire, SheetForm } from '../../host/contract.gen';
import type { Confirmation } from '../wizard/order.svelte';
import { openings, WizardRoom } from '../wizard/wizard.svelte';
import { viewOf, type ViewName } from './steps';

export class DestructionRoom extends WizardRoom<DestructionWire> {
  view = $state<ViewName>('evidence');
  /** The rules as they are typed; `null` while they are as they were kept. */
  rules = $state<Record<keyof DestructionSettings, string> | null>(null);

  override lock(word: string): LockWire | null {
    // What is said of each finding has a place of its own, and one lock.
    return super.lock(word.split(':')[0] ?? word);
  }

  step(word: string): RotationStepWire | null {
    return this.wire?.steps.find((one) => one.step === word) ?? null;
  }

  /** Whether the place has that step. */
  has(word: string): boolean {
    return this.step(word)?.absent === null;
  }

  /** Shows `view`; a plan that nobody confirmed is dropped. */
  show(view: ViewName): void {
    if (view === this.view) return;
    this.order.drop();
    this.view = view;
  }

  /** Says something of the destruction. `word` is where an error is shown, and what was typed for it is let go. */
  note(note: DestructionNote, word: string = note.is): Promise<boolean> {
    return this.send(word, ({ row, revision }) => this.host.ask('note_destruction', { destruction: row.id, revision, note }), [word]);
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

  /** Saves the sheet; where it is, or `null` if that was called off or failed. */
  async save(form: SheetForm): Promise<string | null> {
    let path: string | null = null;
    await this.send('sheet', async (wire) => {
      path = (await this.host.ask('save_destruction_sheet', { destruction: wire.row.id, form })).paths[0] ?? null;
      return wire;
    });
    return path;
  }

  plan(step: string): Promise<PlanWire> {
    return this.host.ask('plan_destruction', { destruction: this.id, step });
  }

  confirm(confirmation: Confirmation): Promise<DestructionWire> {
    return this.host.ask('confirm_destruction', { destruction: this.id, ...confirmation });
  }

  protected read(destruction: string): Promise<DestructionWire> {
    return this.host.ask('open_destruction', { destruction });
  }

  protected ask(destruction: string): Promise<DestructionWire> {
    return this.host.ask('check_destruction', { destruction });
  }

  protected forget(): void {
    this.rules = null;
  }

  protected heard(now: DestructionWire, before: DestructionWire | null): void {
    if (before?.row.phase === now.row.phase) return;
    this.order.drop();
    this.view = viewOf(now);
  }

  /** The soak and the countdown are looked at as well: what is left of them is shown. */
  protected times(destruction: DestructionWire): number[] {
    const ends = [destruction.soaksUntil, destruction.row.ends].flatMap((time) => (time ? [Date.parse(time)] : []));
    return [...openings([...Object.values(destruction.locks), ...destruction.steps.map((step) => step.lock)]), ...ends];
  }
}
