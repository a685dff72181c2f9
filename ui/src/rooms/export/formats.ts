// Which formats an item can be exported in, and why not in the others.
import type { Format, FormatRow, ItemWire } from '../../host/contract.gen';
import { exporting as words } from '../../words/export';
import { facetOf } from '../../aspects/facets';

/** Why a format is not available. */
export interface Unavailable {
  because: string;
  permission: string | null;
}

/** The ask whose offer decides, by what a form comes from. */
const ASKS: Record<string, string> = { certificate: 'export-certificate', key: 'export-public-key', request: 'export-signing-request' };

/** The reason `row` is not available for `item`, or `null`. Nothing is known before the item was read. */
export function unavailable(row: FormatRow, item: ItemWire | null): Unavailable | null {
  if (!item) return null;
  return refusedOffer(row, item) ?? missingFacet(row, item) ?? missingForm(row.format, item);
}

function refusedOffer(row: FormatRow, item: ItemWire): Unavailable | null {
  const ask = ASKS[row.facet] ?? 'export-public-key';
  const offer = item.offers.find((one) => one.ask === ask);
  if (offer?.allowed !== false) return null;
  return { because: offer.because ?? defaultReason(row), permission: offer.permission };
}

function missingFacet(row: FormatRow, item: ItemWire): Unavailable | null {
  // An offer that was made counts more than the facet: a certificate hands out its public key, too.
  if (item.offers.length > 0) return null;
  if (row.facet === 'request') return { because: words.noRequest, permission: null };
  const { access } = facetOf(item, row.facet === 'certificate' ? 'certificate' : 'key');
  switch (access.is) {
    case 'absent':
      return { because: access.because || defaultReason(row), permission: null };
    case 'closed':
      return { because: access.because, permission: access.permission };
    case 'open':
    case 'untested':
      return null;
  }
}

/** A form that the kind of key has not, as the fingerprints tell. */
function missingForm(format: Format, item: ItemWire): Unavailable | null {
  if (!item.fingerprints) return null;
  if (format === 'openssh' && item.fingerprints.opensshSha256 === null) return { because: words.noSshForm, permission: null };
  const isJwk = format === 'jwk' || format === 'jwks';
  return isJwk && item.fingerprints.jwkThumbprint === null ? { because: words.noJwkForm, permission: null } : null;
}

function defaultReason(row: FormatRow): string {
  if (row.facet === 'request') return words.noRequest;
  return row.facet === 'certificate' ? words.noCertificate : words.noPublicKey;
}
