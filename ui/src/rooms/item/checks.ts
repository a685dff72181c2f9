// What can be said about an item without asking anybody again: near its end, one public key, a sound chain.
import type { CertificateReading, ItemWire } from '../../host/contract.gen';
import { facetOf } from '../../aspects/facets';

export type CheckName =
  | 'certificate-ended'
  | 'certificate-near-end'
  | 'certificate-not-begun'
  | 'certificate-valid'
  | 'chain-broken'
  | 'item-ended'
  | 'item-near-end'
  | 'last-use'
  | 'not-usable'
  | 'one-public-key'
  | 'pending-deletion'
  | 'private-can-leave'
  | 'public-key-not-compared'
  | 'self-signed'
  | 'two-public-keys'
  | 'weak-signature';

export interface Check {
  name: CheckName;
  level: 'ok' | 'warn' | 'unknown';
}

const NEAR_DAYS = 30;
const DAY = 86_400_000;

/** The checks of `item` at `now` (milliseconds since 1970), what needs attention first. */
export function checksOf(item: ItemWire, now: number): Check[] {
  const checks = [
    ...stateChecks(item),
    ...certificateChecks(item, now),
    ...endChecks(item, now),
    ...publicKeyChecks(item),
    ...leavingChecks(item),
    { name: 'last-use', level: 'unknown' } satisfies Check,
  ];
  const order = { warn: 0, ok: 1, unknown: 2 };
  return checks.sort((a, b) => order[a.level] - order[b.level]);
}

function stateChecks(item: ItemWire): Check[] {
  if (item.aspects.some((aspect) => aspect.aspect === 'pending-deletion')) {
    return [{ name: 'pending-deletion', level: 'warn' }];
  }
  return item.row.state === 'enabled' || item.row.state === 'unknown' ? [] : [{ name: 'not-usable', level: 'warn' }];
}

function certificateChecks(item: ItemWire, now: number): Check[] {
  const leaf = item.certificates[0];
  if (!leaf) return [];
  const checks: Check[] = [validity(leaf, now)];
  if (leaf.selfSigned) checks.push({ name: 'self-signed', level: 'warn' });
  // RFC 5280, 6.1.3: the issuer of each certificate is the subject of the next one.
  const broken = item.certificates.some((one, at) => {
    const issuer = item.certificates[at + 1];
    return issuer !== undefined && issuer.subject !== one.issuer;
  });
  if (broken) checks.push({ name: 'chain-broken', level: 'warn' });
  if (/sha-?1(?!\d)/i.test(leaf.signatureAlgorithm)) checks.push({ name: 'weak-signature', level: 'warn' });
  return checks;
}

function validity(leaf: CertificateReading, now: number): Check {
  const end = Date.parse(leaf.notAfter);
  if (Date.parse(leaf.notBefore) > now) return { name: 'certificate-not-begun', level: 'warn' };
  if (end <= now) return { name: 'certificate-ended', level: 'warn' };
  if (end - now < NEAR_DAYS * DAY) return { name: 'certificate-near-end', level: 'warn' };
  return { name: 'certificate-valid', level: 'ok' };
}

/** The item's own end, unless the certificate has said the same already. */
function endChecks(item: ItemWire, now: number): Check[] {
  if (!item.row.expires || item.certificates.length > 0) return [];
  const left = Date.parse(item.row.expires) - now;
  if (left <= 0) return [{ name: 'item-ended', level: 'warn' }];
  return left < NEAR_DAYS * DAY ? [{ name: 'item-near-end', level: 'warn' }] : [];
}

function publicKeyChecks(item: ItemWire): Check[] {
  const hasBoth = (['certificate', 'key'] as const).every((name) => facetOf(item, name).access.is !== 'absent');
  if (!hasBoth) return [];
  const leaf = item.certificates[0];
  if (!leaf || !item.fingerprints) return [{ name: 'public-key-not-compared', level: 'unknown' }];
  // Both are the padded base64 of SHA-256 over the SPKI DER; the key's carries a prefix.
  return item.fingerprints.spkiSha256 === `SHA256:${leaf.spkiPin}`
    ? [{ name: 'one-public-key', level: 'ok' }]
    : [{ name: 'two-public-keys', level: 'warn' }];
}

function leavingChecks(item: ItemWire): Check[] {
  const key = facetOf(item, 'key');
  const secret = facetOf(item, 'secret');
  const holdsKey = key.access.is !== 'absent';
  const leaves = [key, secret].some((facet) => facet.access.is !== 'absent' && facet.leaves === 'private-material');
  return holdsKey && leaves ? [{ name: 'private-can-leave', level: 'warn' }] : [];
}
