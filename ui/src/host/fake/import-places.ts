// What the fake host's places take and hand out, and the plans of an import's steps.
import type { AfterwardsWire, HandLineWire, ImportVaultRow, ItemRow, LeavingWire, QuestionWire, StepWire, TakingWire, WrapWire } from '../contract.gen';

export const IMPORT_VAULTS: ImportVaultRow[] = [
  { connection: 'payments-prod', vault: 'eu-west-1', name: 'eu-west-1', kind: 'Region', environment: 'production' },
  { connection: 'practice', vault: 'keystore', name: 'practice', kind: 'keystore', environment: 'sandbox' },
  { connection: 'vault-prod', vault: 'transit', name: 'transit/', kind: 'transit mount', environment: 'staging' },
];

const way = (wrap: string, bits: number, native: string, legacy = false): WrapWire => ({ wrap, bits, native, legacy });
const OAEP = [
  way('oaep-sha256', 4096, 'RSAES_OAEP_SHA_256 with RSA_4096'),
  way('oaep-sha256', 3072, 'RSAES_OAEP_SHA_256 with RSA_3072'),
  way('oaep-sha1', 4096, 'RSAES_OAEP_SHA_1 with RSA_4096', true),
];
const RSA_AES = [way('rsa-aes-sha256', 4096, 'RSA_AES_KEY_WRAP_SHA_256 with RSA_4096'), way('rsa-aes-sha1', 4096, 'RSA_AES_KEY_WRAP_SHA_1 with RSA_4096', true)];
const PLAIN = [way('plain', 0, 'as it is')];

const ask = (parts: Partial<QuestionWire> & { name: string; label: string }): QuestionWire => ({ help: '', kind: 'text', choices: [], least: null, most: null, required: false, shownWhen: null, preset: null, ...parts });
const CLOUD_QUESTIONS: QuestionWire[] = [
  ask({ name: 'alias', label: 'Alias', help: 'The name by which the key is used.', required: true }),
  ask({ name: 'description', label: 'Description' }),
  ask({ name: 'ends', label: 'The material ends', kind: 'choice', required: true, preset: 'in-days', choices: [['never', 'never'], ['in-days', 'on a day']] }),
  ask({ name: 'days', label: 'Days until it ends', help: 'A day less than a year, so that the yearly reminder comes first.', kind: 'number', least: '1', most: '365', required: true, preset: '364', shownWhen: ['ends', ['in-days']] }),
];
const NAME = [ask({ name: 'name', label: 'Name', required: true })];

const takes = (algorithm: string, wraps: WrapWire[], questions: QuestionWire[]): TakingWire => ({ algorithm, wraps, refused: null, questions });
const not = (algorithm: string, refused: string): TakingWire => ({ algorithm, wraps: [], refused, questions: [] });

export const TAKINGS: Record<string, TakingWire[]> = {
  'eu-west-1': [
    not('AES-128', 'AWS KMS takes AES keys of 256 bits alone.'),
    takes('AES-256', OAEP, CLOUD_QUESTIONS),
    takes('EC P-256', RSA_AES, CLOUD_QUESTIONS),
    takes('EC P-384', RSA_AES, CLOUD_QUESTIONS),
    not('Ed25519', 'AWS KMS imports no Ed25519 keys with this wrap.'),
    takes('HMAC-256', OAEP, CLOUD_QUESTIONS),
    takes('RSA 2048', RSA_AES, CLOUD_QUESTIONS),
    takes('RSA 4096', RSA_AES, CLOUD_QUESTIONS),
  ],
  transit: ['AES-256', 'EC P-256', 'EC P-384', 'RSA 2048', 'RSA 4096'].map((algorithm) => takes(algorithm, RSA_AES, NAME)),
  keystore: ['AES-256', 'EC P-256', 'EC P-384', 'Ed25519', 'RSA 2048'].map((algorithm) => takes(algorithm, PLAIN, NAME)),
};

export function leavingOf(row: ItemRow): LeavingWire {
  const transit = row.vault === 'transit';
  const local = row.connection === 'practice';
  return {
    reference: row.ref,
    name: row.name,
    algorithm: row.algorithm,
    versions: transit ? ['3', '2', '1'] : [],
    plain: transit || local ? null : 'This place never hands out key material.',
    wrapped: transit ? null : local ? 'A keystore on this computer wraps nothing inside.' : 'This place never hands out key material, wrapped or not.',
  };
}

const STEP = (says: string, operation: string, command: string): StepWire => ({ says, operation, command });

export interface StepRecipe {
  ask: string;
  title: (name: string) => string;
  effects: string[];
  warnings: string[];
  steps: (name: string) => StepWire[];
}

export const IMPORT_STEPS: Record<string, StepRecipe> = {
  prepare: {
    ask: 'create-key',
    title: (name) => `Make ${name}, which waits for its material`,
    effects: ['A key without material is made. Nobody can use it yet.'],
    warnings: [],
    steps: (name) => [STEP('Make the key', 'kms:CreateKey', 'aws kms create-key --origin EXTERNAL --key-spec SYMMETRIC_DEFAULT'), STEP('Give it its name', 'kms:CreateAlias', `aws kms create-alias --alias-name alias/${name} --target-key-id …`)],
  },
  load: {
    ask: 'import-key',
    title: () => 'Load the wrapping key into transit/',
    effects: ['A key with no private half is made in transit/. Only your key is wrapped with it.'],
    warnings: ['Remove it afterwards.'],
    steps: () => [STEP('Load the public key', 'update on transit/keys/claviger-wrap/import_version', 'vault write transit/keys/claviger-wrap/import type=rsa-4096 public_key=@wrapping-key.pem')],
  },
  remove: {
    ask: 'delete',
    title: () => 'Remove the wrapping key from transit/',
    effects: ['The public key that was loaded is gone. Your key stays as it is.'],
    warnings: [],
    steps: () => [STEP('Allow its deletion', 'update on transit/keys/claviger-wrap/config', 'vault write transit/keys/claviger-wrap/config deletion_allowed=true'), STEP('Delete it', 'delete on transit/keys/claviger-wrap', 'vault delete transit/keys/claviger-wrap')],
  },
  import: {
    ask: 'import-material',
    title: (name) => `Import the material of ${name}`,
    effects: ['The key can be used from then on.'],
    warnings: ['The place cannot give the material back. Keep a copy where it came from.'],
    steps: () => [STEP('Send the wrapped key', 'kms:ImportKeyMaterial', 'aws kms import-key-material --key-id … --import-token fileb://token.bin --encrypted-key-material fileb://wrapped.bin')],
  },
};

export const BY_HAND: HandLineWire[] = [
  { program: 'OpenSSL 3', says: 'Check the fingerprint of the wrapping key that arrived.', command: 'openssl pkey -pubin -in wrapping-key.pem -outform DER | openssl dgst -sha256 -binary | base64' },
  { program: 'OpenSSL 3', says: 'Wrap the key.', command: 'openssl pkeyutl -encrypt -pubin -inkey wrapping-key.pem -in key.bin -out wrapped.bin -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256' },
];

export const PEM = '-----BEGIN PUBLIC KEY-----\nMIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAuQ3c0m1Zf0y3m3X2m0QF\n9b7Nn0p5t1l2yYk6nP0Hq2zv8wJ4oR6dS1xU7eC5aGkBvT3iEwPpZfM8LsXjVgQI\n-----END PUBLIC KEY-----\n';

export const AFTERWARDS: AfterwardsWire[] = [
  { title: 'S3 default encryption', says: 'New objects of the bucket are encrypted with this key. Objects that are there stay as they are.', lines: ["aws s3api put-bucket-encryption --bucket BUCKET --server-side-encryption-configuration '{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"aws:kms\",\"KMSMasterKeyID\":\"ARN\"}}]}'"] },
  { title: 'Heroku Postgres', says: 'The database is made with this key; an existing one cannot be moved to it.', lines: ['heroku addons:create heroku-postgresql:private-0 --encryption-key ARN'] },
];
