// What may be done with the item that is meant: told by the room that shows it, or read when somebody wants to choose.
import type { ItemWire, OfferWire } from '../../host/contract.gen';
import type { Host } from '../../host/host';

export class ItemOffers {
  #known = $state.raw<{ references: readonly string[]; offers: readonly OfferWire[] } | null>(null);
  #failed = $state<string | null>(null);
  #reading: string | null = null;
  readonly #host: Host;
  #turn = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The offers of `reference`; `null` while they are not known. */
  of(reference: string | undefined): readonly OfferWire[] | null {
    return reference !== undefined && this.#known?.references.includes(reference) ? this.#known.offers : null;
  }

  /** Whether they could not be read. The item's own room says why. */
  failed(reference: string | undefined): boolean {
    return reference !== undefined && this.#failed === reference;
  }

  /** An item was opened, under a reference or an address. */
  heard(reference: string, item: ItemWire): void {
    this.#turn += 1;
    this.#reading = null;
    this.#failed = null;
    this.#known = { references: [reference, item.row.ref], offers: item.offers };
  }

  /** Reads them, unless they are known or being read. */
  async look(reference: string): Promise<void> {
    if (this.of(reference) !== null || this.#reading === reference) return;
    const turn = ++this.#turn;
    this.#reading = reference;
    this.#failed = null;
    try {
      const item = await this.#host.ask('open_item', { reference });
      if (turn === this.#turn) this.heard(reference, item);
    } catch {
      if (turn !== this.#turn) return;
      this.#reading = null;
      this.#failed = reference;
    }
  }

  /** Something was changed: what was known may no longer be so. */
  forget(): void {
    this.#turn += 1;
    this.#reading = null;
    this.#known = null;
    this.#failed = null;
  }
}
