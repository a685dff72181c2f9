// What Home shows: rotations under way, what ends soon, keys that were never rotated from here, what is to be deleted.
import type { DestructionList, DestructionRow, RotationList } from '../../host/contract.gen';
import type { Query } from '../../host/query.svelte';
import type { Entry } from '../inventory/entry';
import { matches, parse } from '../inventory/filter';
import type { InventoryRoom } from '../inventory/room.svelte';
import { sorted } from '../destruction/rows';
import { linesOf, type Line } from '../rotations/lines';
import { agesOf, Calendar, timelineOf } from './charts';

/** How long a list of Home is. The rest is one click away. */
export const SHORT = 8;

/** What the lists hold, in the words of the inventory's filter: "show all" shows exactly the same. */
export const FILTERS = { expiring: 'expires<90d', deleting: 'state:pending-deletion', keys: 'facet:key' };

const fits = { expiring: parse(FILTERS.expiring), deleting: parse(FILTERS.deleting), keys: parse(FILTERS.keys) };
/** Keys in these states are on their way out. */
const GOING: readonly string[] = ['destroyed', 'pending-deletion'];

export class HomeRoom {
  readonly #inventory: InventoryRoom;
  readonly destructions: Pick<Query<DestructionList>, 'answer' | 'error' | 'refresh'>;
  readonly rotations: Pick<Query<RotationList>, 'answer' | 'busy' | 'error' | 'refresh'>;
  readonly #calendar: Calendar;

  /** Rotations that are not over, what is due first. */
  readonly underWay: readonly Line[] = $derived.by(() => linesOf(this.rotations.answer?.rotations.filter((row) => !row.over) ?? []));
  readonly expiring: readonly Entry[] = $derived.by(() => this.having('expiring').sort((a, b) => by(a.expires, b.expires, a, b)));
  /** Destructions that are not over, what ends first. */
  readonly ending: readonly DestructionRow[] = $derived.by(() => sorted((this.destructions.answer?.destructions ?? []).filter((row) => !row.over)));
  /** What waits for its deletion, what is known to end first; what a destruction here counts down is among those. */
  readonly deleting: readonly Entry[] = $derived.by(() => {
    const counted = new Set(this.ending.map((row) => row.reference));
    return this.having('deleting').filter(({ row }) => !counted.has(row.ref)).sort((a, b) => by(a.expires, b.expires, a, b));
  });
  readonly keys: readonly Entry[] = $derived.by(() => this.having('keys'));
  /** `null` while it is not known what was rotated: then nothing may be said of any key. */
  readonly never: readonly Entry[] | null = $derived.by(() => {
    if (!this.rotations.answer) return null;
    const finished = this.named(({ phase }) => phase === 'done');
    return this.keys.filter(({ row }) => !finished.has(row.ref) && !GOING.includes(row.state)).sort((a, b) => by(a.created, b.created, a, b));
  });
  readonly #turning = $derived.by(() => this.named(({ over }) => !over));
  readonly timeline = $derived.by(() => timelineOf(this.#inventory.listing.entries.map((entry) => entry.expires), this.#inventory.now, this.#calendar));
  readonly ages = $derived.by(() => agesOf(this.keys.map((entry) => entry.created), this.#inventory.now));

  constructor(inventory: InventoryRoom, rotations: HomeRoom['rotations'], destructions: HomeRoom['destructions'], zone = new Intl.DateTimeFormat().resolvedOptions().timeZone) {
    this.#inventory = inventory;
    this.rotations = rotations;
    this.destructions = destructions;
    this.#calendar = new Calendar(zone);
  }

  /** The zone whose months are counted. */
  get zone(): string {
    return this.#calendar.zone;
  }

  /** Whether a rotation of it is under way. */
  isTurning(reference: string): boolean {
    return this.#turning.has(reference);
  }

  /** Has the inventory show all of a list; the keys with the oldest first. */
  showAll(list: keyof typeof FILTERS): void {
    this.#inventory.look(null);
    this.#inventory.text = FILTERS[list];
    if (list === 'keys') this.#inventory.sort = { column: 'age', descending: true };
    if (list === 'expiring') this.#inventory.sort = { column: 'expires', descending: false };
  }

  /** Lists and reads everything afresh. */
  async refresh(): Promise<void> {
    this.#inventory.now = Date.now();
    await Promise.all([this.#inventory.listing.start(), this.rotations.refresh(), this.destructions.refresh()]);
  }

  private having(what: keyof typeof fits): Entry[] {
    const around = { now: this.#inventory.now, pins: this.#inventory.pins };
    return this.#inventory.listing.entries.filter((entry) => matches(fits[what], entry, around));
  }

  /** The items that such rotations name. */
  private named(which: (row: RotationList['rotations'][number]) => boolean): ReadonlySet<string> {
    return new Set(this.rotations.answer?.rotations.filter(which).map((row) => row.reference));
  }
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Smaller first, what is not told last; equal ones by name, so that the order does not change from reading to reading. */
function by(a: number | null, b: number | null, one: Entry, other: Entry): number {
  return Number(a === null) - Number(b === null) || (a ?? 0) - (b ?? 0) || collator.compare(one.row.name, other.row.name) || (one.row.ref < other.row.ref ? -1 : 1);
}
