// The inventory as it arrives: rows and vaults from one watch, put on screen a few times a second at most.
import type { InventoryEvent, VaultRow, WireError } from '../../host/contract.gen';
import { toWireError, type Host, type Watching } from '../../host/host';
import { entryOf, type Entry } from './entry';

/** The least time between two redraws while rows stream in, in milliseconds. */
const BREATH = 80;

export class Listing {
  entries = $state.raw<readonly Entry[]>([]);
  vaults = $state.raw<readonly VaultRow[]>([]);
  /** Connections that could not be used at all, with the reason. */
  failures = $state.raw<ReadonlyMap<string, WireError>>(new Map());
  running = $state(false);
  /** Whether the last watch was ended by the person. */
  cancelled = $state(false);
  /** Whether a watch has ever come to its end. */
  loaded = $state(false);
  /** Why the watch itself failed. */
  error = $state.raw<WireError | null>(null);

  readonly #host: Host;
  readonly #rows = new Map<string, Entry>();
  readonly #vaults = new Map<string, VaultRow>();
  readonly #failures = new Map<string, WireError>();
  #watching: Watching | null = null;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** How many vaults have answered, of how many. */
  get progress(): { done: number; of: number } {
    const done = this.vaults.filter((vault) => vault.state.is !== 'listing').length;
    return { done, of: this.vaults.length };
  }

  /** Lists everything afresh. Rows that are known stay in view until something newer arrives. */
  async start(): Promise<void> {
    this.#watching?.cancel();
    const turn = ++this.#turn;
    this.running = true;
    this.cancelled = false;
    this.error = null;
    this.#failures.clear();
    const request = { operation: `inventory-${Date.now()}-${turn}`, connections: [], refresh: true };
    try {
      this.#watching = this.#host.watch('watch_inventory', request, (event) => {
        if (turn === this.#turn) this.take(event);
      });
      await this.#watching.done;
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) {
        this.running = false;
        this.loaded = true;
        this.show();
      }
    }
  }

  cancel(): void {
    if (this.running) this.#watching?.cancel();
  }

  /** Ends the watch and forgets it; for when the window goes. */
  leave(): void {
    this.#turn += 1;
    this.#watching?.cancel();
    clearTimeout(this.#timer);
  }

  /** Forgets what belongs to connections that are no longer saved. */
  keepConnections(names: readonly string[]): void {
    const gone = (name: string) => !names.includes(name);
    for (const [key, entry] of this.#rows) if (gone(entry.row.connection)) this.#rows.delete(key);
    for (const [key, vault] of this.#vaults) if (gone(vault.connection)) this.#vaults.delete(key);
    for (const name of this.#failures.keys()) if (gone(name)) this.#failures.delete(name);
    this.show();
  }

  private take(event: InventoryEvent): void {
    switch (event.event) {
      case 'rows':
        for (const row of event.rows) this.#rows.set(row.ref, entryOf(row));
        break;
      case 'gone':
        for (const reference of event.references) this.#rows.delete(reference);
        break;
      case 'vault':
        this.#vaults.set(`${event.vault.connection}\u0000${event.vault.id}`, event.vault);
        break;
      case 'connection-failed':
        this.#failures.set(event.connection, event.error);
        break;
      case 'finished':
        this.cancelled = event.cancelled;
        break;
    }
    this.#timer ??= setTimeout(() => this.show(), this.entries.length === 0 ? 0 : BREATH);
  }

  private show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.entries = [...this.#rows.values()];
    this.vaults = [...this.#vaults.values()];
    this.failures = new Map(this.#failures);
  }
}
