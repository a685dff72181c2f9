// One row of the inventory with what sorting and filtering need, worked out once when it arrives.
import type { ItemRow } from '../../host/contract.gen';

export interface Entry {
  row: ItemRow;
  /** Everything a plain word may be found in, in lower case. */
  haystack: string;
  /** Milliseconds since 1970. */
  created: number | null;
  expires: number | null;
}

export const DAY = 86_400_000;

export function entryOf(row: ItemRow): Entry {
  const texts = [row.name, row.ref, row.kind, row.algorithm, row.state, row.provider, ...row.facets];
  return {
    row,
    // A separator that nobody types, so that a word cannot be found across two texts.
    haystack: texts.join('\u0000').toLowerCase(),
    created: instant(row.created),
    expires: instant(row.expires),
  };
}

/** Milliseconds since 1970, or `null` for what is absent or cannot be read. */
export function instant(text: string | null): number | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
