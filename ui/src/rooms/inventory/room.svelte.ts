// What the inventory shows: which rows, in which order, which of them are meant, and why there may be none.
import type { ConnectionRow, VaultRow, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import type { Sort } from '../../kit/grid';
import { nextSort } from '../../kit/grid';
import { Selection } from '../../kit/selection.svelte';
import type { Entry } from './entry';
import { matches, parse } from './filter';
import { Listing } from './listing.svelte';
import { sorted } from './order';

/** A connection, or one vault of it. */
export interface Scope {
  connection: string;
  vault: string | null;
}

/** Why there is no row to see. */
export type Emptiness = 'denied' | 'filtered' | 'loading' | 'not-connected' | 'nothing' | 'unreachable';
/** Why nothing is known, whatever part of it is in view. */
export type Ignorance = Exclude<Emptiness, 'filtered'>;

/** A vault whose list cannot be trusted in full, or a connection that failed, with the reason if there is one. */
export interface Gap {
  connection: string;
  /** `null` for a whole connection. */
  vault: VaultRow | null;
  is: 'denied' | 'failed' | 'partial' | 'stale' | 'unreachable';
  error: WireError | null;
}

export class InventoryRoom {
  readonly listing: Listing;
  readonly selection = new Selection();
  text = $state('');
  scope = $state.raw<Scope | null>(null);
  sort = $state.raw<Sort>({ column: 'name', descending: false });
  pins = $state.raw<ReadonlySet<string>>(new Set());
  connections = $state.raw<readonly ConnectionRow[] | null>(null);
  now = $state(Date.now());
  /** Whether the reasons for what is missing are shown. */
  gapsOpen = $state(false);
  /** What went wrong with the last action on a row. */
  problem = $state.raw<WireError | null>(null);

  readonly filter = $derived(parse(this.text));
  readonly inScope = $derived.by(() => this.listing.entries.filter(({ row }) => inScope(this.scope, row.connection, row.vault)));
  /** Sorting is dear and filtering is cheap, so a key press in the filter does not sort. */
  readonly #sorted = $derived.by(() => sorted(this.inScope, this.sort, this.pins));
  readonly shown: readonly Entry[] = $derived.by(() => {
    const around = { now: this.now, pins: this.pins };
    return this.filter.terms.length === 0 ? this.#sorted : this.#sorted.filter((entry) => matches(this.filter, entry, around));
  });
  readonly vaultsInScope = $derived.by(() => this.listing.vaults.filter((vault) => inScope(this.scope, vault.connection, vault.id)));
  /** What is missing from the lists, of everything. */
  readonly allGaps: readonly Gap[] = $derived.by(() => [
    ...[...this.listing.failures].map(([connection, error]): Gap => ({ connection, vault: null, is: 'failed', error })),
    ...this.listing.vaults.flatMap(gapOf),
  ]);
  /** The same of the part in view. */
  readonly gaps: readonly Gap[] = $derived.by(() =>
    this.allGaps.filter(({ connection, vault }) => (vault ? inScope(this.scope, connection, vault.id) : this.scope === null || this.scope.connection === connection)),
  );
  readonly #byReference = $derived.by(() => new Map(this.listing.entries.map((entry) => [entry.row.ref, entry])));
  readonly active = $derived.by(() => (this.selection.active === null ? null : (this.find(this.selection.active) ?? null)));

  /** How many marked rows are not in view: an action would act on them, too. */
  readonly hiddenMarks = $derived.by(() => {
    const { marks } = this.selection;
    return marks.size === 0 ? 0 : marks.size - this.shown.filter(({ row }) => marks.has(row.ref)).length;
  });

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.listing = new Listing(host);
  }

  find(reference: string): Entry | undefined {
    return this.#byReference.get(reference);
  }

  connectionOf(name: string): ConnectionRow | undefined {
    return this.connections?.find((one) => one.name === name);
  }

  vaultOf(connection: string, id: string): VaultRow | undefined {
    return this.listing.vaults.find((vault) => vault.connection === connection && vault.id === id);
  }

  /** Why nothing is shown; `null` while there are rows. */
  get emptiness(): Emptiness | null {
    if (this.shown.length > 0) return null;
    return this.inScope.length > 0 ? 'filtered' : this.why(this.gaps);
  }

  /** Why nothing at all is known; `null` once there is a row anywhere. */
  get ignorance(): Ignorance | null {
    return this.listing.entries.length > 0 ? null : this.why(this.allGaps);
  }

  /** When the oldest list in view was complete, as RFC 3339 text. */
  get asOf(): string | null {
    const times = this.vaultsInScope.flatMap(({ state }) => (state.is === 'fresh' ? [state.at] : state.is === 'stale' ? [state.since] : []));
    return times.reduce<string | null>((oldest, at) => (oldest === null || Date.parse(at) < Date.parse(oldest) ? at : oldest), null);
  }

  sortBy(column: string): void {
    this.sort = nextSort(this.sort, column);
  }

  look(scope: Scope | null): void {
    this.scope = scope;
    this.selection.reset();
  }

  /** What connections are saved, at the start and whenever that may have changed. What belongs to others goes. */
  connected(connections: readonly ConnectionRow[]): void {
    const first = this.connections === null;
    this.connections = connections;
    const names = connections.map((one) => one.name);
    this.listing.keepConnections(names);
    if (this.scope && !names.includes(this.scope.connection)) this.look(null);
    this.selection.keep((reference) => this.find(reference) !== undefined);
    if (first && names.length > 0) void this.listing.start();
  }

  /** Pins `references`, or lets them go if all of them are pinned. Shown at once, taken back if Rust refuses. */
  async togglePins(references: readonly string[]): Promise<void> {
    const before = this.pins;
    const pinned = !references.every((reference) => before.has(reference));
    const after = new Set(before);
    for (const reference of references) pinned ? after.add(reference) : after.delete(reference);
    this.pins = after;
    try {
      for (const reference of references) {
        if (before.has(reference) !== pinned) await this.#host.ask('set_pin', { reference, pinned });
      }
    } catch (caught) {
      this.pins = before;
      this.problem = toWireError(caught);
    }
  }

  private why(gaps: readonly Gap[]): Ignorance {
    if (this.connections?.length === 0) return 'not-connected';
    if (this.listing.running || !this.listing.loaded || this.connections === null) return 'loading';
    const kinds = gaps.map((gap) => gap.is);
    if (kinds.includes('denied')) return 'denied';
    if (this.listing.error || kinds.includes('unreachable') || kinds.includes('failed')) return 'unreachable';
    return 'nothing';
  }
}

function inScope(scope: Scope | null, connection: string, vault: string): boolean {
  return scope === null || (scope.connection === connection && (scope.vault === null || scope.vault === vault));
}

function gapOf(vault: VaultRow): Gap[] {
  const { connection, state } = vault;
  switch (state.is) {
    case 'denied':
    case 'partial':
    case 'unreachable':
      return [{ connection, vault, is: state.is, error: state.error }];
    case 'stale':
      return [{ connection, vault, is: 'stale', error: null }];
    case 'fresh':
    case 'listing':
      return [];
  }
}
