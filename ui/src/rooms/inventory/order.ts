// How rows are sorted: pinned ones first, then by a column; what has no value comes last both ways.
import type { Sort } from '../../kit/grid';
import type { Entry } from './entry';

// "key-2" before "key-10".
/** English, as every sentence is: under the locale "C" the system's own order would put capitals before all else. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

type Key = (entry: Entry) => string | number | null;

const KEYS: Record<string, Key> = {
  name: ({ row }) => row.name,
  kind: ({ row }) => `${row.facets.join(' ')} ${row.kind}`,
  where: ({ row }) => `${row.connection} ${row.vault}`,
  algorithm: ({ row }) => row.algorithm,
  state: ({ row }) => row.state,
  // The older, the larger the age: from new to old is ascending.
  age: ({ created }) => (created === null ? null : -created),
  expires: ({ expires }) => expires,
};

export function sorted(entries: readonly Entry[], sort: Sort, pins: ReadonlySet<string>): Entry[] {
  const key = KEYS[sort.column] ?? (() => null);
  const turn = sort.descending ? -1 : 1;
  const keyed = entries.map((entry) => ({ entry, key: key(entry), pinned: pins.has(entry.row.ref) }));
  keyed.sort((a, b) => {
    if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
    if (a.key === null || b.key === null) {
      if (a.key !== b.key) return a.key === null ? 1 : -1;
    } else {
      const order = typeof a.key === 'string' && typeof b.key === 'string' ? collator.compare(a.key, b.key) : Number(a.key) - Number(b.key);
      if (order !== 0) return turn * order;
    }
    return a.entry.row.ref < b.entry.row.ref ? -1 : 1;
  });
  return keyed.map(({ entry }) => entry);
}
