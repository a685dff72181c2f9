// From when until when an item lasts, and where today lies between.
import type { ItemWire } from '../../host/contract.gen';

export interface Lifetime {
  /** Whether the beginning is the certificate's or the day the item was made. */
  begins: 'issued' | 'created';
  start: string | null;
  end: string | null;
  /** How much of it has passed, 0 to 1; absent without both ends. */
  passed: number | null;
  phase: 'before' | 'within' | 'after' | 'open';
}

/** The lifetime of `item` at `now` (milliseconds since 1970): its certificate's if it was read, else its own. */
export function lifetimeOf(item: ItemWire, now: number): Lifetime {
  const leaf = item.certificates[0];
  const begins = leaf ? 'issued' : 'created';
  const start = leaf?.notBefore ?? item.row.created;
  const end = leaf?.notAfter ?? item.row.expires;
  if (!start || !end) return { begins, start, end, passed: null, phase: end && Date.parse(end) <= now ? 'after' : 'open' };
  const from = Date.parse(start);
  const length = Date.parse(end) - from;
  const passed = length > 0 ? Math.min(1, Math.max(0, (now - from) / length)) : 1;
  return { begins, start, end, passed, phase: now < from ? 'before' : passed >= 1 ? 'after' : 'within' };
}
