// Where a key goes, while that is chosen: the vault, the kind of key, the way, and the answers to the vault's questions.
import type { ImportNote, ImportTargetWire, ImportVaultRow, ImportVaults, TakingWire, WireError, WrapWire } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { imports as words } from '../../words/imports';
import { ChangeForm } from '../change/form.svelte';

export type VaultName = Pick<ImportVaultRow, 'connection' | 'vault'>;

/** A kind of key as the table shows it: why it cannot be chosen, if it cannot. */
export interface Kind {
  taking: TakingWire;
  because: string | null;
}

export class TargetForm {
  vaults = $state.raw<ImportVaults | null>(null);
  /** Why the vaults could not be listed. */
  error = $state.raw<WireError | null>(null);
  vault = $state.raw<VaultName | null>(null);
  takings = $state.raw<readonly TakingWire[] | null>(null);
  /** Why the vault could not be asked. */
  refused = $state.raw<WireError | null>(null);
  algorithm = $state<string | null>(null);
  wrap = $state.raw<WrapWire | null>(null);
  form = $state.raw<ChangeForm | null>(null);
  text = $state('');
  listing = $state(false);
  readonly #host: Host;
  /** The kind of the key that is to be brought, where its source is known. */
  readonly #known: () => string | null;
  #turn = 0;

  constructor(host: Host, known: () => string | null) {
    this.#host = host;
    this.#known = known;
  }

  /** The vaults in which every word of the text occurs. */
  get matching(): readonly ImportVaultRow[] {
    const asked = this.text.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const all = this.vaults?.vaults ?? [];
    return all.filter((row) => asked.every((word) => [row.connection, row.name, row.kind, row.environment ?? ''].join('\u0000').toLowerCase().includes(word)));
  }

  get row(): ImportVaultRow | null {
    return this.vaults?.vaults.find((row) => isSame(row, this.vault)) ?? null;
  }

  /** Every kind of key: those that can come first, in the vault's order. */
  get kinds(): readonly Kind[] {
    const kinds = (this.takings ?? []).map((taking) => ({ taking, because: this.because(taking) }));
    return [...kinds.filter((kind) => kind.because === null), ...kinds.filter((kind) => kind.because !== null)];
  }

  get taking(): TakingWire | null {
    return this.takings?.find((one) => one.algorithm === this.algorithm) ?? null;
  }

  /** Why it cannot be settled yet. */
  get reason(): string | null {
    if (!this.vault) return words.target.vaultFirst;
    if (!this.algorithm) return words.target.kindFirst;
    return this.wrap ? null : words.target.wayFirst;
  }

  clean(): void {
    this.#turn += 1;
    Object.assign(this, { vaults: null, error: null, vault: null, takings: null, refused: null, algorithm: null, wrap: null, form: null, text: '', listing: false });
  }

  /** Lists the vaults, and shows what is settled. */
  async begin(settled: ImportTargetWire | null, into: VaultName | null): Promise<void> {
    if (this.listing) return;
    const turn = this.#turn;
    this.error = null;
    this.listing = true;
    try {
      const vaults = await this.#host.ask('import_vaults', {});
      if (turn !== this.#turn) return;
      this.vaults = vaults;
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
      return;
    } finally {
      if (turn === this.#turn) this.listing = false;
    }
    const wanted = settled ?? into;
    if (!this.vault && wanted && this.vaults.vaults.some((row) => isSame(row, wanted))) await this.chooseVault(wanted, settled);
  }

  /** Asks what the vault takes. */
  async chooseVault({ connection, vault }: VaultName, settled: ImportTargetWire | null = null): Promise<void> {
    const turn = ++this.#turn;
    const algorithm = settled?.algorithm ?? this.algorithm;
    Object.assign(this, { vault: { connection, vault }, takings: null, refused: null, algorithm: null, wrap: null, form: null });
    try {
      const takings = await this.#host.ask('import_takings', { connection, vault });
      if (turn !== this.#turn) return;
      this.takings = takings;
    } catch (caught) {
      if (turn === this.#turn) this.refused = toWireError(caught);
      return;
    }
    // What was chosen before stays chosen where it can be; else what fits the key that is known.
    const kind = [algorithm, this.#known()].map((word) => this.kinds.find((one) => one.taking.algorithm === word && one.because === null)).find(Boolean);
    if (kind) this.chooseKind(kind.taking.algorithm, settled);
  }

  /** Chooses a kind of key, and the best way for it. */
  chooseKind(algorithm: string, settled: ImportTargetWire | null = null): void {
    const kind = this.kinds.find((one) => one.taking.algorithm === algorithm);
    if (!kind || kind.because !== null) return;
    const { taking } = kind;
    const before = settled && taking.wraps.find((one) => isSameWay(one, settled.wrap));
    this.algorithm = algorithm;
    this.wrap = before ?? taking.wraps.find((one) => !one.legacy) ?? null;
    this.form = new ChangeForm(taking.questions);
    if (settled) for (const [name, answer] of Object.entries(settled.answers)) if (name in this.form.answers && answer !== undefined) this.form.answers[name] = answer;
  }

  /** What is to be settled, if it can be sent at all. */
  take(): Extract<ImportNote, { is: 'set-target' }> | null {
    const { vault, algorithm, wrap, form } = this;
    if (!vault || !algorithm || !wrap || !form) return null;
    form.touchAll();
    if (Object.keys(form.problems()).length > 0) return null;
    return { is: 'set-target', ...vault, algorithm, wrap, answers: form.take().answers };
  }

  private because(taking: TakingWire): string | null {
    if (taking.refused !== null) return taking.refused;
    const known = this.#known();
    return known !== null && known !== taking.algorithm ? words.target.otherKind(known) : null;
  }
}

export function isSame(a: VaultName, b: VaultName | null): boolean {
  return b !== null && a.connection === b.connection && a.vault === b.vault;
}

export function isSameWay(a: WrapWire, b: WrapWire | null): boolean {
  return b !== null && a.wrap === b.wrap && a.bits === b.bits && a.native === b.native;
}
