// What a panel needs to offer a change of what it shows.
import type { Format, OfferWire } from '../host/contract.gen';
import { change as words } from '../words/change';

/** Begins the change `ask`; `about` is the answer that is already known, such as the id of a grant. */
export type OnChange = (ask: string, about?: string) => void;

/** Opens the export studio at a format. */
export type OnExport = (format: Format) => void;

export function offerOf(offers: readonly OfferWire[], ask: string): OfferWire | null {
  return offers.find((one) => one.ask === ask && one.changes) ?? null;
}

/** Why a change is not to be had, with the missing permission; `null` if it is, or if only trying will tell. */
export function reasonOf(offer: OfferWire | null): string | null {
  if (offer === null) return words.offers.unheard;
  if (offer.allowed !== false) return null;
  const because = offer.because ?? words.offers.no;
  return offer.permission ? `${because} ${words.offers.needs(offer.permission)}` : because;
}
