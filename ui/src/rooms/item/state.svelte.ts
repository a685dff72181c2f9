// One opened item: reading it, reading it afresh, and which tab is in front.
import type { ItemWire, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { tabsOf, type TabName } from './tabs';

/** A skeleton sooner than this would only flicker. */
const SKELETON_AFTER = 150;
/** After this long, one says what is being waited for. */
const SLOW_AFTER = 2000;

export class ItemRoom {
  item = $state.raw<ItemWire | null>(null);
  error = $state.raw<WireError | null>(null);
  /** `quick` while nothing need be shown, then `skeleton`, then `slow`; `null` when nothing is under way. */
  waiting = $state<'quick' | 'skeleton' | 'slow' | null>(null);
  readAt = $state<number | null>(null);
  tab = $state<TabName>('overview');

  readonly #host: Host;
  #reference = '';
  #turn = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  /** Opens another item; the last one's parts are taken off the screen at once. */
  async open(reference: string): Promise<void> {
    this.#reference = reference;
    this.item = null;
    this.tab = 'overview';
    await this.refresh();
  }

  /** Reads the item afresh. What was read before stays, marked, if that fails. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.error = null;
    this.wait();
    try {
      const item = await this.#host.ask('open_item', { reference: this.#reference });
      if (turn !== this.#turn) return;
      this.item = item;
      this.readAt = Date.now();
      // A facet may have been closed since.
      if (tabsOf(item).some((tab) => tab.name === this.tab && tab.grey)) this.tab = 'overview';
    } catch (error) {
      if (turn !== this.#turn) return;
      this.error = toWireError(error);
    } finally {
      if (turn === this.#turn) this.stopWaiting();
    }
  }

  /** Drops answers that are still under way. */
  leave() {
    this.#turn += 1;
    this.stopWaiting();
  }

  private wait() {
    this.stopWaiting();
    this.waiting = 'quick';
    this.#timers = [
      setTimeout(() => (this.waiting = 'skeleton'), SKELETON_AFTER),
      setTimeout(() => (this.waiting = 'slow'), SLOW_AFTER),
    ];
  }

  private stopWaiting() {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
    this.waiting = null;
  }
}
