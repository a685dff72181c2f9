// One policy while a person looks at it and edits it: its text, what the text means, and the draft that is kept of it.
import type { MergedPolicy, PolicyDraftWire, PolicyReading, PolicyRow, PolicyTarget, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { policy as words } from '../../words/policy';

/** How long after the last keystroke the text is read, in milliseconds. */
const READ = 150;
/** How long after the last keystroke the draft is kept, in milliseconds. */
const KEEP = 1000;

/** How the draft is kept: `none` while there is nothing to keep. */
export type Kept = 'none' | 'waiting' | 'kept' | 'failed';

export class PolicyDraft {
  /** The policy as it is at the place. */
  row = $state.raw<PolicyRow>() as PolicyRow;
  /** What it read when the draft was begun. */
  base = $state('');
  text = $state('');
  reading = $state.raw<PolicyReading | null>(null);
  /** The text that `reading` is of. */
  readText = $state<string | null>(null);
  /** Why the text could not be read. */
  error = $state.raw<WireError | null>(null);
  kept = $state<Kept>('none');
  keepError = $state.raw<WireError | null>(null);
  /** A draft from an earlier time, until it is decided about. */
  earlier = $state.raw<PolicyDraftWire | null>(null);
  /** What the last form did to the text. */
  said = $state('');

  readonly #host: Host;
  readonly #reference: string;
  #asked = 0;
  #reader: ReturnType<typeof setTimeout> | undefined;
  #keeper: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, reference: string, row: PolicyRow) {
    this.#host = host;
    this.#reference = reference;
    this.row = row;
    this.base = row.text;
    this.text = row.text;
    // One that reads as the policy does was applied.
    if (row.draft && row.draft.text !== row.text) this.earlier = row.draft;
    else if (row.draft) void this.forget();
    void this.read();
  }

  get target(): PolicyTarget {
    return { is: 'item', reference: this.#reference, policy: this.row.id };
  }

  get changed(): boolean {
    return this.text !== this.base;
  }

  /** The policy was changed at the place since the draft was begun. */
  get moved(): boolean {
    return this.changed && this.base !== this.row.text;
  }

  /** What is shown is of the text as it stands. */
  get current(): boolean {
    return this.readText === this.text && this.error === null;
  }

  /** Why the text cannot be edited; `null` while it can. */
  get fixed(): string | null {
    if (this.row.trouble) return words.fixed.unread;
    if (this.row.write.allowed === false) return this.row.write.because ?? words.fixed.denied;
    return this.earlier ? words.fixed.earlier : null;
  }

  /** Why the change cannot be planned now; `null` if it can. */
  get reason(): string | null {
    if (this.fixed !== null) return this.fixed;
    if (!this.changed) return words.apply.nothing;
    if (this.moved) return words.apply.moved;
    if (!this.current || !this.reading) return this.error ? words.apply.unread : words.apply.reading;
    return this.reading.lockout.caller === 'loses' ? words.apply.locked(this.reading.lockout.says) : null;
  }

  /** A person typed, or a form wrote. */
  set(text: string): void {
    if (this.fixed !== null || text === this.text) return;
    this.text = text;
    this.kept = 'waiting';
    this.readSoon();
    clearTimeout(this.#keeper);
    this.#keeper = setTimeout(() => void this.keep(), KEEP);
  }

  /** Has a form write into the text. Answers whether it did; rejects with why not, and the text is as it was. */
  async write(work: Promise<MergedPolicy>): Promise<boolean> {
    const before = this.text;
    const merged = await work;
    if (this.text !== before) throw overtaken();
    this.said = merged.says;
    if (merged.changed) this.set(merged.text);
    return merged.changed;
  }

  /** Goes on with the draft of an earlier time. */
  goOn(): void {
    const draft = this.earlier;
    if (!draft) return;
    this.earlier = null;
    this.base = draft.base;
    this.text = draft.text;
    this.kept = 'kept';
    void this.read();
  }

  /** Throws the draft away: the text is as it is at the place. */
  async discard(): Promise<void> {
    this.earlier = null;
    this.base = this.row.text;
    this.text = this.row.text;
    this.said = '';
    await Promise.all([this.forget(), this.read()]);
  }

  /** Keeps the draft, and compares it with what the policy reads now. */
  async rebase(): Promise<void> {
    this.base = this.row.text;
    await Promise.all([this.keep(), this.read()]);
  }

  /** That text was written at the place: what is typed from here on is another draft. */
  async applied(text: string): Promise<void> {
    this.base = text;
    if (this.changed) await this.keep();
    else await this.forget();
  }

  /** The policy was read afresh. */
  heard(row: PolicyRow): void {
    const applied = this.changed && row.text === this.text;
    const untouched = !this.changed;
    this.row = row;
    if (!applied && !untouched) return;
    this.base = row.text;
    this.text = row.text;
    if (applied) void this.forget();
    void this.read();
  }

  /** Asks what the text means. An answer that was overtaken is dropped. */
  async read(): Promise<void> {
    clearTimeout(this.#reader);
    const asked = ++this.#asked;
    const { base, text, target } = this;
    try {
      const reading = await this.#host.ask('read_policy', { target, base, text });
      if (asked !== this.#asked) return;
      this.reading = reading;
      this.readText = text;
      this.error = null;
    } catch (caught) {
      if (asked === this.#asked) this.error = toWireError(caught);
    }
  }

  /** Keeps the draft now. A text that is as it was before is no draft. */
  async keep(): Promise<void> {
    clearTimeout(this.#keeper);
    if (!this.changed) return this.forget();
    const { text } = this;
    await this.save(text, () => {
      if (this.text === text) this.kept = 'kept';
    });
  }

  /** For when the room goes: what was typed last is kept. */
  leave(): void {
    clearTimeout(this.#reader);
    if (this.kept === 'waiting') void this.keep();
    this.#asked += 1;
  }

  private async forget(): Promise<void> {
    clearTimeout(this.#keeper);
    this.kept = 'none';
    await this.save(null, () => undefined);
  }

  private async save(text: string | null, after: () => void): Promise<void> {
    this.keepError = null;
    try {
      await this.#host.ask('save_policy_draft', { reference: this.#reference, policy: this.row.id, base: this.base, text });
      after();
    } catch (caught) {
      this.kept = 'failed';
      this.keepError = toWireError(caught);
    }
  }

  private readSoon(): void {
    clearTimeout(this.#reader);
    // What is still under way is of an older text.
    this.#asked += 1;
    this.#reader = setTimeout(() => void this.read(), READ);
  }
}

function overtaken(): WireError {
  return { kind: 'conflict', operation: words.forms.operation, message: words.forms.overtaken, changed: { is: 'nothing' }, next: words.forms.again, permission: null, refusedBy: words.forms.us, requestId: null };
}
