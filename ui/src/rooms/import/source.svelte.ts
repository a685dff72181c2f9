// Where a key comes from, while that is chosen. Whether an item's key leaves is for its place to say.
import type { ImportSourceWire, ImportTargetWire, LeavingWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { imports as words } from '../../words/imports';

export type From = ImportSourceWire['from'];

export class SourceForm {
  from = $state<From | null>(null);
  reference = $state<string | null>(null);
  leaving = $state.raw<LeavingWire | null>(null);
  /** Why it is not known whether the item's key leaves. */
  error = $state.raw<WireError | null>(null);
  /** Empty for the current one. */
  version = $state('');
  inside = $state<boolean | null>(null);
  text = $state('');
  readonly #host: Host;
  #target = $state.raw<ImportTargetWire | null>(null);
  #turn = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  clean(): void {
    this.#turn += 1;
    this.#target = null;
    Object.assign(this, { from: null, reference: null, leaving: null, error: null, version: '', inside: null, text: '' });
  }

  /** Shows what is settled, unless something was chosen here. */
  hear(settled: ImportSourceWire | null, target: ImportTargetWire | null): void {
    this.#target = target;
    // With another target another way out may be the best.
    if (this.inside === true && this.insideReason !== null) this.prefer();
    if (this.from !== null || settled === null) return;
    this.from = settled.from;
    if (settled.from !== 'item') return;
    this.version = settled.version ?? '';
    // Before the target is known nobody has chosen the way yet.
    void this.chooseItem(settled.reference, target === null ? null : settled.inside);
  }

  choose(from: From): void {
    this.from = from;
  }

  /** Asks whether the item's key leaves. Wrapped inside its place it is never seen outside: that is preferred. */
  async chooseItem(reference: string, inside: boolean | null = null): Promise<void> {
    const turn = ++this.#turn;
    if (reference !== this.reference && this.reference !== null) this.version = '';
    Object.assign(this, { reference, leaving: null, error: null, inside: null });
    try {
      const leaving = await this.#host.ask('ask_leaving', { reference });
      if (turn !== this.#turn) return;
      this.leaving = leaving;
      if (!leaving.versions.includes(this.version)) this.version = '';
      if (inside === null) this.prefer();
      else this.inside = inside;
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    }
  }

  /** Why the item's place cannot wrap it inside. */
  get insideReason(): string | null {
    if (!this.leaving) return null;
    const way = this.#target?.wrap;
    if (this.leaving.wrapped !== null || way === undefined || way.wrap.startsWith('rsa-aes-')) return this.leaving.wrapped;
    return way.wrap === 'plain' ? words.source.nothingToWrapWith : words.source.notInsideBy(way.native);
  }

  /** Why it cannot be settled yet. */
  get reason(): string | null {
    if (this.from === null) return words.source.chooseFirst;
    if (this.from === 'offline' && this.#target?.wrap.wrap === 'plain') return words.source.offlinePlain;
    if (this.from !== 'item') return null;
    if (this.reference === null) return words.source.itemFirst;
    if (!this.leaving) return this.error ? words.source.notAsked : words.source.asking;
    const { algorithm, plain } = this.leaving;
    if (algorithm === null) return words.source.kindNotTold;
    if (this.#target && algorithm !== this.#target.algorithm) return words.source.otherKind(algorithm, this.#target.algorithm);
    if (this.inside === null) return plain ?? words.source.howFirst;
    return this.inside ? this.insideReason : plain;
  }

  /** Wrapped inside its place the key is never seen outside: that is the best, where it can be. */
  private prefer(): void {
    this.inside = this.insideReason === null ? true : this.leaving?.plain === null ? false : null;
  }

  /** What is to be settled, if it can be. */
  take(): ImportSourceWire | null {
    if (this.from === null || this.reason !== null) return null;
    if (this.from !== 'item') return { from: this.from };
    return { from: 'item', reference: this.leaving?.reference ?? this.reference ?? '', version: this.version === '' ? null : this.version, inside: this.inside === true };
  }
}
