// The journal as one looks through it: a page at a time, filtered; one entry in full; what can be settled; the chain.
import type { ChainWire, JournalEntry, JournalPage, OrderWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { keyOf, lineOf, type Line } from './entries';

/** Entries of a page: what a person looks through before they filter. */
export const PAGE = 100;
/** A pause in typing after which the list is read anew, in milliseconds. */
const TYPING_PAUSE = 250;
/** How often the list is read while something in it is being carried out, in milliseconds. */
const LOOK = 1500;

/** What can be done with an order. */
export type Act = 'check' | 'continue' | 'abandon';

export class ActivityRoom {
  text = $state('');
  /** Only what is about this item. */
  reference = $state.raw<string | null>(null);
  page = $state.raw<JournalPage | null>(null);
  error = $state.raw<WireError | null>(null);
  busy = $state(false);
  /** The entry that is shown in full. */
  chosen = $state<string | null>(null);
  acting = $state.raw<{ act: Act; order: string } | null>(null);
  /** What went wrong with the last act, and with which order. */
  actError = $state.raw<{ order: string; error: WireError } | null>(null);
  chain = $state.raw<ChainWire | null>(null);
  chainError = $state.raw<WireError | null>(null);
  chainBusy = $state<'accept' | 'verify' | null>(null);
  exporting = $state(false);
  exportError = $state.raw<WireError | null>(null);

  /** Where each page began that one came from, the first one's `null` included. */
  #before = $state.raw<readonly (number | null)[]>([null]);
  readonly #host: Host;
  #turn = 0;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;

  readonly lines: readonly Line[] = $derived.by(() => this.page?.entries.map(lineOf) ?? []);
  readonly entry: JournalEntry | null = $derived.by(() => this.page?.entries.find((entry) => keyOf(entry) === this.chosen) ?? null);

  constructor(host: Host) {
    this.#host = host;
  }

  get canGoNewer(): boolean {
    return this.#before.length > 1;
  }

  get canGoOlder(): boolean {
    return this.page?.more ?? false;
  }

  /** Opens the journal, or what of it is about one item. */
  async open(reference: string | null): Promise<void> {
    this.reference = reference;
    this.page = null;
    this.chosen = null;
    await this.first();
  }

  /** After a key press in the filter: the first page of what fits, once the typing pauses. */
  typed(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.first(), TYPING_PAUSE);
  }

  async filterBy(text: string): Promise<void> {
    this.text = text;
    await this.first();
  }

  async older(): Promise<void> {
    const last = this.lines.at(-1);
    if (!this.canGoOlder || !last) return;
    this.#before = [...this.#before, last.sequence];
    this.chosen = null;
    await this.refresh();
  }

  async newer(): Promise<void> {
    if (!this.canGoNewer) return;
    this.#before = this.#before.slice(0, -1);
    this.chosen = null;
    await this.refresh();
  }

  /** Reads the page in view afresh. What was read before stays in view until then, and if that fails. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#typing);
    clearTimeout(this.#looking);
    this.busy = true;
    try {
      const request = { filter: this.text.trim(), reference: this.reference, before: this.#before.at(-1) ?? null, limit: PAGE };
      const page = await this.#host.ask('list_journal', request);
      if (turn !== this.#turn) return;
      this.page = page;
      this.error = null;
      this.chosen = this.entry ? this.chosen : (this.lines[0]?.key ?? null);
      if (page.entries.some((entry) => entry.entry === 'order' && entry.order.state === 'running')) {
        this.#looking = setTimeout(() => void this.refresh(), LOOK);
      }
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Has an order checked, continued or given up. Answers it as it stands then; `null` if that failed. */
  async act(act: Act, order: string): Promise<OrderWire | null> {
    if (this.acting) return null;
    this.acting = { act, order };
    this.actError = null;
    try {
      const after = await this.send(act, order);
      this.replace(after);
      return after;
    } catch (caught) {
      this.actError = { order, error: toWireError(caught) };
      return null;
    } finally {
      this.acting = null;
    }
  }

  /** Looks whether the journal is as it was written. */
  async verify(): Promise<void> {
    await this.ofChain('verify', () => this.#host.ask('verify_journal', {}));
  }

  /** Goes on from a journal that does not fit. */
  async accept(): Promise<boolean> {
    return this.ofChain('accept', () => this.#host.ask('accept_journal', {}));
  }

  /** Saves the journal for an auditor. Answers where; nothing if the person cancelled, or if it failed. */
  async export(): Promise<readonly string[]> {
    this.exporting = true;
    this.exportError = null;
    try {
      return (await this.#host.ask('export_journal', {})).paths;
    } catch (caught) {
      this.exportError = toWireError(caught);
      return [];
    } finally {
      this.exporting = false;
    }
  }

  /** Drops answers that are still under way. */
  leave(): void {
    this.#turn += 1;
    clearTimeout(this.#typing);
    clearTimeout(this.#looking);
  }

  private async first(): Promise<void> {
    this.#before = [null];
    await this.refresh();
  }

  private send(act: Act, order: string): Promise<OrderWire> {
    switch (act) {
      case 'check':
        return this.#host.ask('check_order', { order });
      case 'continue':
        return this.#host.ask('continue_order', { order });
      case 'abandon':
        return this.#host.ask('abandon_order', { order });
    }
  }

  /** The page is read afresh all the same; until then the order is not shown as it was. */
  private replace(order: OrderWire): void {
    if (!this.page) return;
    const entries = this.page.entries.map((entry) => (entry.entry === 'order' && entry.order.order === order.order ? { ...entry, order } : entry));
    this.page = { ...this.page, entries };
  }

  private async ofChain(what: 'accept' | 'verify', ask: () => Promise<ChainWire>): Promise<boolean> {
    this.chainBusy = what;
    this.chainError = null;
    try {
      this.chain = await ask();
      return true;
    } catch (caught) {
      this.chainError = toWireError(caught);
      return false;
    } finally {
      this.chainBusy = null;
    }
  }
}
