// The fake host's items: a dozen that show every kind of row, and as many more as are asked for.
import type { ItemRow } from '../contract.gen';
import { inDays, refused } from './world';

function row(parts: Partial<ItemRow> & { connection: string; vault: string; name: string }): ItemRow {
  const provider = { 'payments-prod': 'aws', 'vault-prod': 'vault', lab: 'vault', practice: 'local' }[parts.connection] ?? 'local';
  return {
    ref: `${parts.connection}/${parts.vault}/${parts.name}`,
    provider,
    kind: 'KMS key',
    facets: ['key'],
    algorithm: 'RSA 2048',
    state: 'enabled',
    created: inDays(-412),
    expires: null,
    trouble: null,
    ...parts,
  };
}

const AWS = { connection: 'payments-prod', vault: 'eu-west-1' };
const TRANSIT = { connection: 'vault-prod', vault: 'transit', kind: 'transit key' };
const PKI = { connection: 'vault-prod', vault: 'pki', kind: 'PKI certificate', facets: ['certificate'] };

export function dozen(): ItemRow[] {
  return [
    row({ ...AWS, name: 'payments-sign' }),
    row({ ...AWS, name: 'snow-etl', created: inDays(-30), expires: inDays(60) }),
    row({
      ...AWS,
      name: 'tls-api.contoso.example',
      kind: 'ACM certificate',
      facets: ['certificate', 'key'],
      algorithm: 'EC P-256',
      created: inDays(-88),
      expires: inDays(9),
    }),
    row({ ...AWS, name: 'old-hmac', algorithm: 'HMAC-256', state: 'pending-deletion', created: inDays(-1630) }),
    row({
      ...AWS,
      name: 'mrk-4f9a1c2e7d8b4e0fa1b2c3d4e5f60718',
      facets: [],
      algorithm: null,
      state: 'unknown',
      created: null,
      trouble: refused({
        operation: 'describe the key',
        message: 'AWS refused to describe this key.',
        permission: 'kms:DescribeKey',
        refusedBy: 'AWS',
      }),
    }),
    row({ ...TRANSIT, name: 'orders-transit', algorithm: 'AES-256', created: inDays(-12) }),
    row({ ...TRANSIT, name: 'oidc-signing', algorithm: 'EC P-384', created: inDays(-201) }),
    row({ ...PKI, name: 'gateway.corp.example', algorithm: 'RSA 3072', created: inDays(-370), expires: inDays(-5), state: 'expired' }),
    row({ ...PKI, name: 'مفتاح-الخدمة <b>not bold</b>', algorithm: 'EC P-256', created: inDays(-20), expires: inDays(345) }),
    row({ connection: 'vault-prod', vault: 'kv', name: 'billing/db-root', kind: 'KV secret', facets: ['secret'], algorithm: null, created: inDays(-5) }),
    row({ connection: 'practice', vault: 'keystore', name: 'deploy-ssh', kind: 'keystore entry', algorithm: 'Ed25519', created: inDays(-2) }),
    row({
      connection: 'practice',
      vault: 'keystore',
      name: 'web-front',
      kind: 'keystore entry',
      facets: ['certificate', 'key', 'secret'],
      state: 'disabled',
      created: inDays(-64),
      expires: inDays(26),
    }),
  ];
}

const WORDS = ['ledger', 'invoice', 'gateway', 'session', 'backup', 'webhook', 'mobile', 'partner', 'audit', 'search'];
const ALGORITHMS = ['RSA 2048', 'RSA 4096', 'EC P-256', 'EC P-384', 'AES-256', 'HMAC-256', 'Ed25519'];

/** `count` items, the dozen first; the same each time. */
export function rows(count: number): ItemRow[] {
  const all = dozen();
  for (let at = all.length; at < count; at++) {
    const pki = at % 5 === 0;
    const place = pki ? PKI : at % 2 ? AWS : TRANSIT;
    all.push(
      row({
        ...place,
        name: `${WORDS[at % WORDS.length]}-${WORDS[(at * 7) % WORDS.length]}-${String(at).padStart(5, '0')}`,
        algorithm: ALGORITHMS[(at * 3) % ALGORITHMS.length] ?? null,
        state: at % 17 === 0 ? 'disabled' : at % 97 === 0 ? 'pending-deletion' : 'enabled',
        created: inDays(-((at * 13) % 1500)),
        expires: pki ? inDays((at * 11) % 420) : null,
      }),
    );
  }
  return all.slice(0, count);
}
