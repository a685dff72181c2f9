// The fake host's opened items and exports. The key is a real one, so that its fingerprints hold.
import type { AspectWire, CertificateReading, Export, ExportRequest, FacetWire, Fingerprints, ItemRow, ItemWire, OfferWire } from '../contract.gen';
import { inDays, refused } from './world';

const BODY = `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwmdChH1RBCoPD8zjS1mD
04BEWlOvOfRSgHeM3dQE0l2a7W92tr3BTC37VBF5mLWvV/WfiXNcho6Q16poQm0Y
dfS2DHLadd6p+vOOjnNOHbLOVdbG1yxiKCCyi8c7LLhye6aBoqCZErXRchOg/AIN
saYXBhGL/e7Fio0IO7tHVkSWenunhw/NTguUyZlSP+Ho6lLSXsS0pIK87n/+PZGE
8bBfS+MremVdNIOkpTsof3mh5TmIOKeE7Q/nrZAA8IYtvvAsrSH9ZLkk/47gJO4t
ou90z3e/FUPKnO+LGp/ohmbSduarggI53JZ+bs+jWCEJyo8VJuYdxT/OarPcgWcY
XQIDAQAB`;

export const FINGERPRINTS: Fingerprints = {
  spkiSha256: 'SHA256:N8Q95il/oPHqZIhxScJ0W2EaqfbmoE6qSGF3X0gCs70=',
  spkiSha256Hex: '37c43de6297fa0f1ea64887149c2745b611aa9f6e6a04eaa4861775f4802b3bd',
  opensshSha256: 'SHA256:OfN6gsAs/bvw1VhIXJsKNwaTJdfKZbq86IyLU8irxHw',
  jwkThumbprint: 'HW_mDiQs1lSzy3BBskCMmsCGh0YwJwJvl6XRpBIFA_A',
};

function hasPublicKey(row: ItemRow): boolean {
  return /^(RSA|EC|Ed)/.test(row.algorithm ?? '');
}

function facets(row: ItemRow): FacetWire[] {
  const has = (kind: string) => row.facets.includes(kind);
  const absent = (because: string) => ({ is: 'absent', because }) as const;
  return [
    {
      kind: 'certificate',
      leaves: 'public-part',
      access: has('certificate') ? { is: 'open' } : absent('This item holds no certificate.'),
      operations: [],
      signs: [],
    },
    {
      kind: 'key',
      leaves: hasPublicKey(row) ? 'public-part' : 'nothing',
      access: has('key') ? { is: 'open' } : absent('This item holds no key of its own.'),
      operations: has('key') ? ['SIGN', 'VERIFY'] : [],
      signs: [],
    },
    {
      kind: 'secret',
      leaves: 'private-material',
      access: has('secret')
        ? { is: 'closed', permission: 'read on kv/data/billing/db-root', because: 'You may list names but not read values.' }
        : absent('Nothing of this item can be read out.'),
      operations: [],
      signs: [],
    },
  ];
}

function certificate(row: ItemRow): CertificateReading {
  return {
    subject: `CN=${row.name}`,
    issuer: 'CN=Corp Issuing CA 3,O=Corp',
    serial: '5F:01:9A:22:C4',
    notBefore: row.created ?? inDays(-30),
    notAfter: row.expires ?? inDays(30),
    names: [`DNS:${row.name}`, 'DNS:www.contoso.example'],
    usages: ['digital signature', 'TLS server'],
    isAuthority: false,
    algorithm: row.algorithm ?? 'RSA 2048',
    signatureAlgorithm: 'SHA-256 with RSA',
    sha1: '8B:1D:E4:0A:5C:77:32:F0:9E:61:D2:B8:43:CC:1A:97:05:FE:6D:20',
    sha256: '4F:9A:C1:02:77:B3:5E:D8:10:6F:24:9B:E7:3C:A5:58:91:0D:F6:42:BE:73:28:CA:15:E0:9F:64:D1:3B:87:AC',
    x5t: 'ix3kClx3MvCeYdK4Q8walwX-bSA',
    x5tS256: 'T5rBAnezXtgQbySb5zylWJEN9kK-cyjKFeCfZNE7h6w',
    spkiPin: 'N8Q95il/oPHqZIhxScJ0W2EaqfbmoE6qSGF3X0gCs70=',
    selfSigned: false,
  };
}

function grants(): AspectWire {
  return {
    aspect: 'grants',
    grants: [
      {
        id: '0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60',
        name: 'settlement',
        grantee: 'arn:aws:iam::111122223333:role/settlement-batch',
        retiring: 'arn:aws:iam::111122223333:role/KeyAdmin',
        operations: ['Sign', 'Verify', 'DescribeKey'],
        constraints: [['EncryptionContextSubset: tenant', 'payments']],
        created: inDays(-120),
      },
      {
        id: '9a1f6b2c4d5e8f70112233445566778899aabbccddeeff001122334455667788',
        name: null,
        grantee: 'arn:aws:iam::111122223333:role/ledger-reader',
        retiring: null,
        operations: ['Decrypt'],
        constraints: [],
        created: null,
      },
    ],
  };
}

const ROTATION: AspectWire = { aspect: 'rotation', automatic: true, periodSeconds: 365 * 86_400, next: inDays(41), leftOnDemand: 7, rules: [] };

export function open(row: ItemRow, changes: OfferWire[]): ItemWire {
  const exportable = hasPublicKey(row) && row.state !== 'unknown';
  const withCertificate = row.facets.includes('certificate');
  return {
    row: { ...row },
    vaultName: row.vault,
    currentVersion: '3',
    facets: facets(row),
    versions: ['3', '2', '1'].map((id, at) => ({
      id,
      state: at === 2 ? 'disabled' : 'enabled',
      created: inDays(-30 - at * 180),
      expires: null,
      current: at === 0,
      hasPublicKey: exportable,
    })),
    certificates: withCertificate ? [certificate(row)] : [],
    certificateTrouble: null,
    fingerprints: exportable ? FINGERPRINTS : null,
    publicKeyTrouble: row.trouble,
    aspects: [
      { aspect: 'aliases', names: [`alias/${row.name}`] },
      { aspect: 'description', text: 'Signs the nightly settlement file. <script>alert(1)</script>' },
      { aspect: 'native', rows: [['KeyManager', 'CUSTOMER'], ['Origin', 'AWS_KMS'], ['MultiRegion', 'false']] },
      { aspect: 'tags', tags: [['team', 'payments'], ['cost-centre', '4711']] },
      ...(row.connection === 'payments-prod' && row.facets.includes('key') ? [grants(), ROTATION] : []),
      ...(row.state === 'pending-deletion' ? [{ aspect: 'pending-deletion' as const, at: inDays(21) }] : []),
    ],
    offers: [
      {
        ask: 'export-certificate',
        changes: false,
        allowed: withCertificate,
        because: withCertificate ? null : 'This item holds no certificate.',
        permission: null,
      },
      {
        ask: 'export-public-key',
        changes: false,
        allowed: exportable,
        because: exportable ? null : 'A symmetric key has no public part.',
        permission: null,
      },
      {
        ask: 'reveal-secret',
        changes: false,
        allowed: false,
        because: 'You may list names but not read values.',
        permission: 'read on kv/data/billing/db-root',
      },
      ...changes,
    ],
  };
}

/** An export with the shape of the real one; the text is the same key each time. */
export function exported(request: ExportRequest, find: (reference: string) => ItemRow | undefined): Export {
  const answer: Export = { files: [], failed: [] };
  for (const reference of request.references) {
    const row = find(reference);
    if (!row || !hasPublicKey(row)) {
      answer.failed.push([
        reference,
        refused({ kind: 'unsupported', operation: 'export the public key', message: 'A symmetric key has no public part.', next: 'Choose an RSA or EC key.', requestId: null }),
      ]);
      continue;
    }
    const binary = request.format.endsWith('-der');
    const user = request.snowflake?.user ?? 'ETL_USER';
    const slot = request.snowflake?.slot === 'second' ? 'RSA_PUBLIC_KEY_2' : 'RSA_PUBLIC_KEY';
    const pem = `-----BEGIN PUBLIC KEY-----\n${BODY}\n-----END PUBLIC KEY-----\n`;
    const sql = `ALTER USER ${user} SET ${slot}='${BODY.replaceAll('\n', '')}';\n`;
    answer.files.push({
      reference,
      version: '3',
      fileName: `${row.name.replaceAll(/[^\w.-]/g, '_')}.${binary ? 'der' : 'pem'}`,
      text: binary ? BODY.replaceAll('\n', '') : request.format === 'snowflake' ? sql : pem,
      binary,
      proof: 'Parsed back by AWS-LC: the same RSA 2048 key',
      fingerprints: FINGERPRINTS,
      checks: request.format === 'snowflake' ? [`DESC USER ${user};`] : [],
    });
  }
  return answer;
}
