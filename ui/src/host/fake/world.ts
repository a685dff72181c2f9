// What the fake host knows of connections: saved ones, questions, sign-ins, formats.
import type { ConnectionRow, FormatRow, FormRow, FoundSignIn, VaultRow, WireError } from '../contract.gen';

const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** `days` from now, as the wire writes instants. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString();
}

export function refused(parts: Partial<WireError> & { message: string }): WireError {
  return {
    kind: 'denied',
    operation: 'list keys',
    changed: { is: 'nothing' },
    next: 'Ask for this permission, or connect with another role.',
    permission: null,
    refusedBy: null,
    requestId: '7f2c91d0-4a1e-4f6b-9c55-0d2f1e8b7a36',
    ...parts,
  };
}

export const CONNECTIONS: ConnectionRow[] = [
  {
    name: 'payments-prod',
    provider: 'aws',
    title: 'AWS KMS',
    place: 'profile prod-admin · eu-west-1, us-east-1',
    environment: 'production',
    writesUntil: null,
    identity: 'arn:aws:sts::111122223333:assumed-role/KeyAdmin/maria',
    until: new Date(Date.now() + 5.2 * HOUR).toISOString(),
    secrets: 'none needed',
  },
  {
    name: 'vault-prod',
    provider: 'vault',
    title: 'Vault / OpenBao',
    place: 'https://vault.corp.example:8200',
    environment: 'staging',
    writesUntil: null,
    identity: 'token maria (approle)',
    until: null,
    secrets: 'keyring',
  },
  {
    name: 'lab',
    provider: 'vault',
    title: 'Vault / OpenBao',
    place: 'http://10.0.8.14:8200',
    environment: 'development',
    writesUntil: null,
    identity: null,
    until: null,
    secrets: 'missing',
  },
  {
    name: 'practice',
    provider: 'local',
    title: 'Local keystore',
    place: '/home/maria/.local/share/claviger/practice.keystore',
    environment: 'sandbox',
    writesUntil: null,
    identity: 'you, on this computer',
    until: null,
    secrets: 'keyring',
  },
];

/** The vaults as they end up; each is `listing` first. */
export function vaults(at: string): VaultRow[] {
  const since = new Date(Date.now() - 20 * HOUR).toISOString();
  return [
    { connection: 'payments-prod', id: 'eu-west-1', name: 'eu-west-1', kind: 'Region', count: 0, state: { is: 'fresh', at } },
    {
      connection: 'payments-prod',
      id: 'us-east-1',
      name: 'us-east-1',
      kind: 'Region',
      count: 0,
      state: {
        is: 'denied',
        error: refused({
          message: 'AWS refused: role KeyAdmin lacks kms:ListKeys in us-east-1.',
          permission: 'kms:ListKeys',
          refusedBy: 'AWS',
        }),
      },
    },
    { connection: 'vault-prod', id: 'transit', name: 'transit/', kind: 'transit mount', count: 0, state: { is: 'fresh', at } },
    {
      connection: 'vault-prod',
      id: 'pki',
      name: 'pki/',
      kind: 'PKI mount',
      count: 0,
      state: {
        is: 'partial',
        read: 3,
        known: 4,
        error: refused({
          operation: 'read a certificate',
          message: 'Vault refused to read one certificate.',
          permission: 'read on pki/cert/5f:01:9a',
          refusedBy: 'Vault',
        }),
      },
    },
    { connection: 'vault-prod', id: 'kv', name: 'kv/', kind: 'KV mount', count: 0, state: { is: 'stale', since } },
    {
      connection: 'lab',
      id: 'lab-transit',
      name: 'transit/',
      kind: 'transit mount',
      count: 0,
      state: {
        is: 'unreachable',
        error: refused({
          kind: 'interrupted',
          message: '10.0.8.14 did not answer within 10 s.',
          next: 'Check the address and the network, then refresh.',
          requestId: null,
        }),
      },
    },
    { connection: 'practice', id: 'keystore', name: 'practice', kind: 'keystore', count: 0, state: { is: 'fresh', at } },
  ];
}

export const FORMS: FormRow[] = [
  {
    provider: 'local',
    title: 'Local keystore',
    about: 'Lists the keys, certificates and secrets of one encrypted file.',
    fields: [
      { name: 'file', label: 'File', help: 'Made if it is not there yet.', kind: 'path', choices: [], required: true, shownWhen: null },
      { name: 'passphrase', label: 'Passphrase', help: '', kind: 'secret', choices: [], required: false, shownWhen: null },
    ],
  },
  {
    provider: 'vault',
    title: 'Vault / OpenBao',
    about: 'Lists transit keys, PKI certificates and KV secrets of one cluster.',
    fields: [
      { name: 'address', label: 'Address', help: 'With the port.', kind: 'text', choices: [], required: true, shownWhen: null },
      { name: 'namespace', label: 'Namespace', help: '', kind: 'text', choices: [], required: false, shownWhen: null },
      {
        name: 'auth',
        label: 'Sign in with',
        help: '',
        kind: 'choice',
        choices: [
          ['token', 'Token'],
          ['userpass', 'User and password'],
          ['approle', 'AppRole'],
        ],
        required: true,
        shownWhen: null,
      },
      { name: 'token', label: 'Token', help: '', kind: 'secret', choices: [], required: true, shownWhen: ['auth', ['token']] },
      { name: 'user', label: 'User', help: '', kind: 'text', choices: [], required: true, shownWhen: ['auth', ['userpass']] },
      { name: 'password', label: 'Password', help: '', kind: 'secret', choices: [], required: true, shownWhen: ['auth', ['userpass']] },
    ],
  },
];

export const SIGN_INS: FoundSignIn[] = [
  {
    provider: 'aws',
    title: 'AWS KMS',
    name: 'payments-prod',
    detail: 'profile prod-admin · SSO, 5 h left',
    answers: { profile: 'prod-admin' },
    connected: true,
  },
  {
    provider: 'aws',
    title: 'AWS KMS',
    name: 'sandbox',
    detail: 'profile sandbox · access key',
    answers: { profile: 'sandbox' },
    connected: false,
  },
  {
    provider: 'vault',
    title: 'Vault / OpenBao',
    name: 'vault.corp.example',
    detail: 'VAULT_ADDR https://vault.corp.example:8200 · token file',
    answers: { address: 'https://vault.corp.example:8200', auth: 'token' },
    connected: false,
  },
];

export const FORMATS: FormatRow[] = [
  { format: 'spki-pem', label: 'PEM (SPKI)', purpose: 'OpenSSL, Java, Go, most tools', facet: 'key' },
  { format: 'spki-der', label: 'DER (SPKI)', purpose: 'Java KeyFactory, HSM tools', facet: 'key' },
  { format: 'pkcs1-pem', label: 'PEM (PKCS#1)', purpose: 'Older RSA libraries', facet: 'key' },
  { format: 'openssh', label: 'OpenSSH', purpose: 'authorized_keys, GitHub', facet: 'key' },
  { format: 'jwk', label: 'JWK', purpose: 'One key for an OIDC client', facet: 'key' },
  { format: 'jwks', label: 'JWKS', purpose: 'A key set for a jwks_uri', facet: 'key' },
  { format: 'snowflake', label: 'Snowflake SQL', purpose: 'ALTER USER … SET RSA_PUBLIC_KEY', facet: 'key' },
  { format: 'fingerprints', label: 'Fingerprints', purpose: 'To compare by eye', facet: 'key' },
  { format: 'cert-pem', label: 'Certificate PEM', purpose: 'Web servers', facet: 'certificate' },
  { format: 'cert-chain', label: 'Certificate chain', purpose: 'Web servers that send the chain', facet: 'certificate' },
  { format: 'cert-p7b', label: 'Certificate chain, PKCS#7', purpose: 'Windows and IIS', facet: 'certificate' },
  { format: 'cert-der', label: 'Certificate DER', purpose: 'Windows, Java', facet: 'certificate' },
  { format: 'csr-pem', label: 'Signing request, PEM', purpose: 'The authority that signs the certificate', facet: 'request' },
];
