// The fake host's changes: for each ask its questions, its plan, and what it does to a row.
import type { ItemRow, QuestionWire, StepWire, TierWire, UndoWire } from '../contract.gen';
import { inDays } from './world';

export type AnswersGiven = { [key in string]: string };

export interface Recipe {
  title: (name: string) => string;
  tier: TierWire;
  undo: UndoWire;
  /** The ask that takes it back, and with which answers. */
  back?: (row: ItemRow, answers: AnswersGiven) => [ask: string, answers: AnswersGiven];
  effects: (name: string, answers: AnswersGiven) => string[];
  warnings?: (name: string) => string[];
  steps: (name: string, answers: AnswersGiven) => StepWire[];
  questions?: (row: ItemRow | null) => QuestionWire[];
  /** Why it cannot be done with this item; `null` if it can. */
  refusal?: (row: ItemRow) => string | null;
  apply?: (row: ItemRow, answers: AnswersGiven) => void;
}

function question(parts: Partial<QuestionWire> & { name: string; label: string; kind: string }): QuestionWire {
  return { help: '', choices: [], least: null, most: null, required: false, shownWhen: null, preset: null, ...parts };
}

function step(says: string, operation: string, command: string): StepWire {
  return { says, operation, command };
}

const AS_ONE = (name: string) => name.replaceAll(/[^\w./@-]/g, '_');
const aws = (verb: string, name: string, more = '') => `aws kms ${verb} --key-id ${AS_ONE(name)}${more}`;
const ALIVE = (row: ItemRow) => (row.state === 'pending-deletion' ? 'It waits for its deletion; cancel that first.' : null);
const KEYS = (row: ItemRow) => (row.facets.includes('key') ? ALIVE(row) : 'It is no key.');

const TAGS = question({ name: 'tags', label: 'Tags', kind: 'pairs', help: 'A tag that is taken away here is removed.', preset: '[["team","payments"],["cost-centre","4711"]]' });
const GRANT = question({
  name: 'grant',
  label: 'Grant',
  kind: 'choice',
  required: true,
  choices: [
    ['0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60', 'settlement (role settlement-batch)'],
    ['9a1f6b2c4d5e8f70112233445566778899aabbccddeeff001122334455667788', 'no name (role ledger-reader)'],
  ],
});
const NAME = question({ name: 'name', label: 'Name', kind: 'text', required: true, help: 'It cannot be changed afterwards.' });
const VALUE = question({ name: 'value', label: 'Value', kind: 'secret', required: true });

export const RECIPES: Record<string, Recipe> = {
  disable: {
    title: (name) => `Disable ${name}`,
    tier: 'consequences',
    undo: 'whole',
    back: () => ['enable', {}],
    effects: (name) => [`Nobody can sign or decrypt with ${name} until it is enabled again.`, 'What was encrypted with it cannot be read in the meantime.'],
    warnings: () => ['It was last used 3 hours ago, by role settlement-batch.'],
    steps: (name) => [step('Disable the key', 'kms:DisableKey', aws('disable-key', name))],
    refusal: (row) => KEYS(row) ?? (row.state === 'disabled' ? 'It is disabled already.' : null),
    apply: (row) => void (row.state = 'disabled'),
  },
  enable: {
    title: (name) => `Enable ${name}`,
    tier: 'undo',
    undo: 'whole',
    back: () => ['disable', {}],
    effects: (name) => [`${name} can be used again.`],
    steps: (name) => [step('Enable the key', 'kms:EnableKey', aws('enable-key', name))],
    refusal: (row) => KEYS(row) ?? (row.state === 'enabled' ? 'It is enabled already.' : null),
    apply: (row) => void (row.state = 'enabled'),
  },
  rotate: {
    title: (name) => `Rotate ${name}`,
    tier: 'consequences',
    undo: 'no',
    effects: (name) => [`${name} gets a new version, which is used from then on.`, 'Older versions still decrypt.'],
    warnings: () => ['Whoever holds the public key must be told: signatures of the new version do not verify with the old one.'],
    steps: (name) => [step('Make a new version', 'kms:RotateKeyOnDemand', aws('rotate-key-on-demand', name))],
    refusal: KEYS,
  },
  'set-rotation': {
    title: (name) => `Change the rotation of ${name}`,
    tier: 'undo',
    undo: 'whole',
    back: () => ['set-rotation', { automatic: 'true', period_days: '365' }],
    effects: (_, answers) => [answers['automatic'] === 'true' ? `It is rotated by itself every ${answers['period_days'] ?? '365'} days.` : 'It is no longer rotated by itself.'],
    steps: (name, answers) => [step('Set the rotation', 'kms:EnableKeyRotation', aws('enable-key-rotation', name, ` --rotation-period-in-days ${answers['period_days'] ?? '365'}`))],
    questions: () => [
      question({ name: 'automatic', label: 'Rotate by itself', kind: 'flag', preset: 'true' }),
      question({ name: 'period_days', label: 'Days between rotations', kind: 'number', least: '90', most: '2560', required: true, shownWhen: ['automatic', ['true']], preset: '365' }),
    ],
    refusal: KEYS,
  },
  'change-description': {
    title: (name) => `Change the description of ${name}`,
    tier: 'undo',
    undo: 'whole',
    back: () => ['change-description', { description: 'Signs the nightly settlement file.' }],
    effects: () => ['The description is replaced.'],
    steps: (name, answers) => [step('Write the description', 'kms:UpdateKeyDescription', aws('update-key-description', name, ` --description '${answers['description'] ?? ''}'`))],
    questions: () => [question({ name: 'description', label: 'Description', kind: 'lines', help: 'Everybody who may describe the key can read it.', preset: 'Signs the nightly settlement file.' })],
    refusal: ALIVE,
  },
  'change-policy': {
    title: (name) => `Change the policy of ${name}`,
    tier: 'consequences',
    undo: 'no',
    effects: () => ['The text takes the place of the whole key policy.'],
    steps: (name, answers) => [step('Write the key policy', 'kms:PutKeyPolicy', aws('put-key-policy', name, ` --policy '${answers['text'] ?? ''}'`))],
    refusal: (row) => (row.connection === 'payments-prod' ? KEYS(row) : 'No policy is written here.'),
  },
  'change-tags': {
    title: (name) => `Change the tags of ${name}`,
    tier: 'undo',
    undo: 'whole',
    back: () => ['change-tags', { tags: TAGS.preset ?? '[]' }],
    effects: () => ['The tags are as in the list above.'],
    steps: (name) => [
      step('Set 1 tag', 'kms:TagResource', aws('tag-resource', name, ' --tags TagKey=team,TagValue=payments')),
      step('Remove 1 tag', 'kms:UntagResource', aws('untag-resource', name, ' --tag-keys cost-centre')),
    ],
    questions: () => [TAGS],
    refusal: ALIVE,
  },
  'create-grant': {
    title: (name) => `Grant the use of ${name}`,
    tier: 'consequences',
    undo: 'roll-back',
    back: () => ['revoke-grant', { grant: GRANT.choices[0]?.[0] ?? '' }],
    effects: (name, answers) => [`${answers['grantee'] ?? 'Somebody'} may use ${name} for: ${answers['operations'] ?? 'Decrypt'}.`],
    steps: (name, answers) => [step('Make the grant', 'kms:CreateGrant', aws('create-grant', name, ` --grantee-principal ${answers['grantee'] ?? ''} --operations ${answers['operations'] ?? ''}`))],
    questions: () => [
      question({ name: 'grantee', label: 'Who may use it', kind: 'text', required: true, help: 'The ARN of a role or user.' }),
      question({ name: 'operations', label: 'For what', kind: 'several', required: true, choices: [['Decrypt', 'Decrypt'], ['Encrypt', 'Encrypt'], ['Sign', 'Sign'], ['Verify', 'Verify']] }),
      question({ name: 'context', label: 'Only with this encryption context', kind: 'pairs', shownWhen: ['operations', ['Decrypt', 'Encrypt']] }),
      question({ name: 'tokens', label: 'Grant tokens', kind: 'list' }),
    ],
    refusal: KEYS,
  },
  'revoke-grant': {
    title: (name) => `Revoke a grant of ${name}`,
    tier: 'consequences',
    undo: 'no',
    effects: () => ['Role settlement-batch may no longer use the key, at the latest after 5 minutes.'],
    steps: (name, answers) => [step('Revoke the grant', 'kms:RevokeGrant', aws('revoke-grant', name, ` --grant-id ${answers['grant'] ?? ''}`))],
    questions: () => [GRANT],
    refusal: KEYS,
  },
  'retire-grant': {
    title: (name) => `Retire a grant of ${name}`,
    tier: 'consequences',
    undo: 'no',
    effects: () => ['You give the grant up. Only an owner of the key can make it again.'],
    steps: (name, answers) => [step('Retire the grant', 'kms:RetireGrant', aws('retire-grant', name, ` --grant-id ${answers['grant'] ?? ''}`))],
    questions: () => [GRANT],
    refusal: KEYS,
  },
  'write-value': {
    title: (name) => `Write a new value of ${name}`,
    tier: 'consequences',
    undo: 'roll-back',
    back: () => ['roll-back', { version: '2' }],
    effects: (name) => [`${name} gets a new current version. The older ones stay.`],
    warnings: () => ['Whoever reads the secret gets the new value from then on.'],
    steps: (name) => [step('Write the value', `POST kv/data/${name}`, `bao kv put kv/${name} value=-`)],
    questions: () => [VALUE],
    refusal: (row) => (row.facets.includes('secret') ? ALIVE(row) : 'It holds no secret value.'),
  },
  'roll-back': {
    title: (name) => `Roll ${name} back`,
    tier: 'consequences',
    undo: 'no',
    effects: (name) => [`Version 2 of ${name} becomes the current one again.`],
    warnings: () => ['The newer version stays, and can still be read.'],
    steps: (name) => [step('Make version 2 current', `PATCH kv/${name}`, `bao kv rollback -version=2 kv/${name}`)],
    questions: () => [question({ name: 'version', label: 'Version', kind: 'choice', required: true, choices: [['2', '2 (180 days old)'], ['1', '1 (360 days old)']], preset: '2' })],
    refusal: (row) => (row.facets.includes('secret') ? ALIVE(row) : 'It holds no secret value.'),
  },
  'schedule-deletion': {
    title: (name) => `Schedule the deletion of ${name}`,
    tier: 'name',
    undo: 'roll-back',
    back: () => ['cancel-deletion', {}],
    effects: (name, answers) => [`${name} cannot be used from now on.`, `It is destroyed on ${inDays(Number(answers['days'] ?? 30)).slice(0, 10)}.`],
    warnings: () => ['Data encrypted with this key can never be read after that day.', 'It was last used 3 hours ago, by role settlement-batch.'],
    steps: (name, answers) => [step('Schedule the deletion', 'kms:ScheduleKeyDeletion', aws('schedule-key-deletion', name, ` --pending-window-in-days ${answers['days'] ?? '30'}`))],
    questions: () => [question({ name: 'days', label: 'Days until it is destroyed', kind: 'number', least: '7', most: '30', required: true, preset: '30', help: 'Until then the deletion can be cancelled.' })],
    refusal: (row) => KEYS(row),
    apply: (row) => void (row.state = 'pending-deletion'),
  },
  'cancel-deletion': {
    title: (name) => `Cancel the deletion of ${name}`,
    tier: 'undo',
    undo: 'no',
    effects: (name) => [`${name} stays. It is disabled until it is enabled again.`],
    steps: (name) => [step('Cancel the deletion', 'kms:CancelKeyDeletion', aws('cancel-key-deletion', name))],
    refusal: (row) => (row.state === 'pending-deletion' ? null : 'It does not wait for a deletion.'),
    apply: (row) => void (row.state = 'disabled'),
  },
  delete: {
    title: (name) => `Delete ${name}`,
    tier: 'name',
    undo: 'no',
    effects: (name) => [`${name} is destroyed at once, with every version.`],
    warnings: () => ['This cannot be taken back.'],
    steps: (name) => [
      step('Allow the deletion', `POST transit/keys/${name}/config`, `bao write transit/keys/${AS_ONE(name)}/config deletion_allowed=true`),
      step('Delete the key', `DELETE transit/keys/${name}`, `bao delete transit/keys/${AS_ONE(name)}`),
    ],
    refusal: (row) => (row.connection === 'payments-prod' ? 'This place destroys keys only after a time of waiting.' : ALIVE(row)),
  },
  'create-key': {
    title: (name) => `Create the key ${name}`,
    tier: 'consequences',
    undo: 'no',
    effects: (name) => [`A new key ${name} is there, and costs what the place charges for a key.`],
    steps: (name, answers) => [
      step('Create the key', 'kms:CreateKey', `aws kms create-key --key-spec ${answers['spec'] ?? 'RSA_2048'}`),
      step('Name it', 'kms:CreateAlias', `aws kms create-alias --alias-name alias/${AS_ONE(name)} --target-key-id "$KEY_ID"`),
    ],
    questions: () => [
      NAME,
      question({ name: 'usage', label: 'For', kind: 'choice', required: true, choices: [['SIGN_VERIFY', 'Signing'], ['ENCRYPT_DECRYPT', 'Encryption']], preset: 'SIGN_VERIFY' }),
      question({ name: 'spec', label: 'Kind of key', kind: 'choice', required: true, choices: [['RSA_2048', 'RSA 2048'], ['RSA_4096', 'RSA 4096'], ['ECC_NIST_P256', 'EC P-256']], preset: 'RSA_2048', shownWhen: ['usage', ['SIGN_VERIFY']] }),
      question({ name: 'description', label: 'Description', kind: 'lines' }),
      question({ name: 'tags', label: 'Tags', kind: 'pairs' }),
      question({ name: 'replica', label: 'Multi-Region', kind: 'flag', help: 'This cannot be changed afterwards.', preset: 'false' }),
    ],
  },
  'create-secret': {
    title: (name) => `Create the secret ${name}`,
    tier: 'consequences',
    undo: 'no',
    effects: (name) => [`A new secret ${name} is there with one version.`],
    steps: (name) => [step('Create the secret', `POST kv/data/${name}`, `bao kv put kv/${AS_ONE(name)} value=-`)],
    questions: () => [NAME, VALUE],
  },
};

