// One import while a person looks at it. The window never holds a byte of the key: it names files, and reads what is known.
import type { ImportStepName } from '../../words/imports';
import type { ImportWire, PlanWire } from '../../host/contract.gen';
import type { Host } from '../../host/host';
import type { Writing } from '../change/writing.svelte';
import type { Confirmation, Unseen } from '../wizard/order.svelte';
import { openings, WizardRoom } from '../wizard/wizard.svelte';
import { SourceForm } from './source.svelte';
import { hereOf, type ViewName } from './steps';
import { TargetForm, type VaultName } from './target.svelte';

export class ImportRoom extends WizardRoom<ImportWire> {
  view = $state<ViewName>('target');
  readonly target: TargetForm;
  readonly source: SourceForm;
  /** The vault from which it was begun. */
  into: VaultName | null = null;
  /** When the wrapping key in memory was first seen, by its fingerprint: the bar of its validity begins there. */
  #seen: { fingerprint: string; at: number } | null = null;

  constructor(host: Host, writing: Writing, unseen: Unseen) {
    super(host, writing, unseen);
    this.target = new TargetForm(host, () => this.kind);
    this.source = new SourceForm(host);
  }

  /** Where it is. */
  get here(): ViewName {
    return this.wire ? hereOf(this.wire, this.now) : 'target';
  }

  /** The kind of the key, where it is known before its target: it rules out the kinds that it is not. */
  get kind(): string | null {
    const wire = this.wire;
    if (wire?.source?.from !== 'item' || (wire.target !== null && wire.again === null)) return null;
    return this.source.leaving?.algorithm ?? null;
  }

  has(step: ImportStepName): boolean {
    return this.wire?.steps.includes(step) ?? false;
  }

  /** How much of the time of the wrapping key is left, from 1 to 0; `null` where it has no end. */
  get left(): { milliseconds: number; share: number } | null {
    const until = this.wire?.wrappingKey?.until;
    if (!until || !this.#seen) return null;
    const milliseconds = Math.max(0, Date.parse(until) - this.now);
    return { milliseconds, share: Math.min(1, milliseconds / Math.max(1, Date.parse(until) - this.#seen.at)) };
  }

  /** Shows `view`; a plan that nobody confirmed is dropped. */
  show(view: ViewName): void {
    if (view === this.view) return;
    this.order.drop();
    this.view = view;
    if (view === 'target') this.lookForVaults();
  }

  /** Lists the vaults once they are needed. */
  lookForVaults(): void {
    if (this.target.vaults === null && this.wire && !this.wire.row.over) void this.target.begin(this.wire.target, this.into);
  }

  async setTarget(): Promise<boolean> {
    const note = this.target.take();
    if (!note) return false;
    return this.send('set-target', ({ row, revision }) => this.host.ask('note_import', { import: row.id, revision, note }));
  }

  async setSource(): Promise<boolean> {
    const source = this.source.take();
    if (!source) return false;
    const done = await this.send('set-source', ({ row, revision }) => this.host.ask('note_import', { import: row.id, revision, note: { is: 'set-source', source } }));
    if (done && this.view === 'source') this.show(this.here);
    return done;
  }

  finish(): Promise<boolean> {
    return this.send('finish', ({ row, revision }) => this.host.ask('note_import', { import: row.id, revision, note: { is: 'finish' } }));
  }

  giveUp(): Promise<boolean> {
    return this.send('give-up', ({ row, revision }) => this.host.ask('note_import', { import: row.id, revision, note: { is: 'give-up' } }));
  }

  fetch(): Promise<boolean> {
    return this.send('fetch', ({ row }) => this.host.ask('fetch_wrapping_key', { import: row.id }));
  }

  /** Has the key read and wrapped. A path is named anew each time and let go of once it was taken. */
  wrap(): Promise<boolean> {
    const from = this.wire?.source?.from;
    const path = from === 'file' || from === 'offline' ? this.text('path').trim() : null;
    if (path === '') return Promise.resolve(false);
    return this.send('wrap', ({ row }) => this.host.ask('wrap_import', { import: row.id, path }), ['path']);
  }

  prove(): Promise<boolean> {
    return this.send('prove', ({ row }) => this.host.ask('prove_import', { import: row.id }));
  }

  /** Has the wrapping key or the record put on the disk. Answers where; `null` if the person cancelled or it failed. */
  async save(what: 'save_import_record' | 'save_wrapping_key'): Promise<string | null> {
    let path: string | null = null;
    await this.send(what, async (wire) => {
      path = (await this.host.ask(what, { import: wire.row.id })).paths[0] ?? null;
      return wire;
    });
    return path;
  }

  /** Begins an import of the same key, or of other material for the same item. Answers its number. */
  async again(newMaterial: boolean): Promise<string | null> {
    let begun: string | null = null;
    await this.send(newMaterial ? 'new-material' : 'again', async (wire) => {
      begun = (await this.host.ask('begin_import', { source: null, again: wire.row.id, newMaterial })).row.id;
      return wire;
    });
    return begun;
  }

  plan(step: string): Promise<PlanWire> {
    return this.host.ask('plan_import', { import: this.id, step });
  }

  confirm(confirmation: Confirmation): Promise<ImportWire> {
    return this.host.ask('confirm_import', { import: this.id, ...confirmation });
  }

  protected read(id: string): Promise<ImportWire> {
    return this.host.ask('open_import', { import: id });
  }

  protected ask(id: string): Promise<ImportWire> {
    return this.host.ask('check_import', { import: id });
  }

  protected forget(): void {
    this.#seen = null;
    this.target.clean();
    this.source.clean();
  }

  protected heard(now: ImportWire, before: ImportWire | null): void {
    const fingerprint = now.wrappingKey?.fingerprint;
    this.#seen = fingerprint === undefined ? null : this.#seen?.fingerprint === fingerprint ? this.#seen : { fingerprint, at: this.now };
    this.source.hear(now.source, now.target);
    if (before && before.source !== null && now.source === null) this.source.clean();
    if (before?.row.phase !== now.row.phase) this.move(now, before);
  }

  protected times(wire: ImportWire): number[] {
    const until = wire.wrappingKey?.until;
    return [...openings(Object.values(wire.locks)), ...(until ? [Date.parse(until)] : [])];
  }

  /** With another phase another step comes into view. What was just wrapped is read first. */
  private move(now: ImportWire, before: ImportWire | null): void {
    if (before?.row.phase === 'wrap' && now.row.phase === 'import' && this.view === 'wrap') return;
    this.order.drop();
    // A key that was named before the target still has a version and a way to be settled.
    const settles = before?.row.phase === 'target' && !now.row.over;
    this.view = settles ? 'source' : hereOf(now, this.now);
    if (this.view === 'target') this.lookForVaults();
  }
}
