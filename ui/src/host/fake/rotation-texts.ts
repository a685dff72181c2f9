// What the fake host's rotations tell: methods with their facts, the plans of the steps, and the texts for consumers.
import type { ConsumerKindRow, ConsumerWire, InstructionsWire, RotationMethodWire, RunWire, StepWire, TierWire } from '../contract.gen';
import { refused } from './world';

const SOURCE = 'https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html';

export const METHODS: RotationMethodWire[] = [
  { method: 'in-place', refused: null, permission: null, switch: 'at-once', facts: [{ says: 'New material is used from the moment it is made by whoever names no version.', source: 'https://developer.hashicorp.com/vault/docs/secrets/transit', checked: '2026-11-26' }] },
  {
    method: 'new-key', refused: null, permission: null, switch: 'by-alias',
    facts: [
      { says: 'An asymmetric key is not rotated by the service; another key is made, and the alias is pointed at it.', source: SOURCE, checked: '2026-11-26' },
      { says: 'The old key can be disabled at any time, and its deletion waits 7 to 30 days.', source: 'https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html', checked: '2026-11-25' },
    ],
  },
  { method: 'new-version', refused: 'Role KeyAdmin may not make a version of this key.', permission: 'kms:RotateKeyOnDemand', switch: 'at-once', facts: [{ says: 'On demand rotation is for symmetric keys.', source: SOURCE, checked: '2026-11-26' }] },
  { method: 'renew', refused: 'It holds no certificate.', permission: null, switch: 'by-hand', facts: [{ says: 'A certificate is issued anew under the rules that it has.', source: SOURCE, checked: '2026-11-24' }] },
];

interface StepRecipe {
  ask: string;
  title: (name: string) => string;
  tier: TierWire;
  effects: string[];
  warnings?: string[];
  steps: (name: string) => StepWire[];
}

const call = (says: string, operation: string, command: string): StepWire => ({ says, operation, command });

export const STEPS: Record<string, StepRecipe> = {
  create: {
    ask: 'create-key', title: (name) => `Create the new key of ${name}`, tier: 'consequences',
    effects: ['There is a second key beside the old one. Nobody uses it yet.'],
    warnings: ['A key costs money from the moment it is made.'],
    steps: (name) => [call('Create the key', 'kms:CreateKey', `aws kms create-key --key-spec RSA_2048 --key-usage SIGN_VERIFY --description ${name}-2027`)],
  },
  switch: { ask: 'move-alias', title: (name) => `Point alias/${name} at the new key`, tier: 'consequences', effects: ['Whoever names the alias signs with the new key from now on.'], steps: (name) => [call('Move the alias', 'kms:UpdateAlias', `aws kms update-alias --alias-name alias/${name} --target-key-id ${name}-2027`)] },
  'switch-back': { ask: 'move-alias', title: (name) => `Point alias/${name} back at the old key`, tier: 'consequences', effects: ['Whoever names the alias signs with the old key again.'], steps: (name) => [call('Move the alias', 'kms:UpdateAlias', `aws kms update-alias --alias-name alias/${name} --target-key-id ${name}`)] },
  'disable-old': { ask: 'disable', title: (name) => `Disable the old key of ${name}`, tier: 'consequences', effects: ['Nobody can sign with the old key until it is enabled again.'], warnings: ['It was last used 9 days ago.'], steps: (name) => [call('Disable the key', 'kms:DisableKey', `aws kms disable-key --key-id ${name}`)] },
  'enable-old': { ask: 'enable', title: (name) => `Enable the old key of ${name}`, tier: 'undo', effects: ['The old key can be used again.'], steps: (name) => [call('Enable the key', 'kms:EnableKey', `aws kms enable-key --key-id ${name}`)] },
  'delete-old': { ask: 'schedule-deletion', title: (name) => `Schedule the deletion of the old key of ${name}`, tier: 'name', effects: ['In 30 days the old key is destroyed for good.'], warnings: ['What only the old key can read cannot be read afterwards.'], steps: (name) => [call('Schedule the deletion', 'kms:ScheduleKeyDeletion', `aws kms schedule-key-deletion --key-id ${name} --pending-window-in-days 30`)] },
  'keep-old': { ask: 'cancel-deletion', title: (name) => `Cancel the deletion of the old key of ${name}`, tier: 'undo', effects: ['The old key stays, disabled.'], steps: (name) => [call('Cancel the deletion', 'kms:CancelKeyDeletion', `aws kms cancel-key-deletion --key-id ${name}`)] },
  'disable-new': { ask: 'disable', title: (name) => `Disable the new key of ${name}`, tier: 'consequences', effects: ['Nobody can sign with the new key until it is enabled again.'], steps: (name) => [call('Disable the key', 'kms:DisableKey', `aws kms disable-key --key-id ${name}-2027`)] },
};

const PROOF = 'Parsed back by AWS-LC: the same RSA 2048 key';
const KEY = 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwmdChH1RBCoPD8zjS1mD04BEWlOvOfRSgHeM3dQE0l2a7W92tr3BTC37VBF5mLWvV/WfiXNcho6Q16poQm0YdfS2DHLadd6p';
const nothing: InstructionsWire = { texts: [], missing: null };
const missing = (message: string, next: string): InstructionsWire => ({ texts: [], missing: refused({ kind: 'conflict', operation: 'write the instruction', message, next, refusedBy: 'this app', requestId: null }) });
const lines = (label: string, text: string, proof: string | null = null): InstructionsWire => ({ texts: [{ label, text, proof }], missing: null });

/** What a consumer gets to read, once there is something new. */
export function textsFor(run: RunWire): Pick<RunWire, 'update' | 'removal' | 'back'> {
  const { name, fields, kind } = run.consumer;
  if (kind === 'snowflake-user') {
    if (!run.slots) return { update: missing('Which slot is free is not known.', 'Finish the step before it first.'), removal: nothing, back: nothing };
    const kept = run.slots.keeps ? `${run.slots.keeps} keeps the working key and is not touched.` : 'Neither slot holds the working key.';
    return {
      update: { texts: [{ label: `Statement for ${run.slots.set}. ${kept}`, text: `ALTER USER ${name} SET ${run.slots.set}='${KEY}';`, proof: PROOF }, { label: 'Then show the user, and paste the result', text: `DESC USER ${name};`, proof: null }], missing: null },
      removal: run.slots.keeps ? lines(`Statement that clears ${run.slots.keeps}`, `ALTER USER ${name} UNSET ${run.slots.keeps};`, 'Read back: it clears one slot and nothing else') : nothing,
      back: lines(`Statement that clears ${run.slots.set}, where the new key is`, `ALTER USER ${name} UNSET ${run.slots.set};`, 'Read back: it clears one slot and nothing else'),
    };
  }
  if (kind === 'jwks-endpoint') {
    const set = (...kids: string[]) => JSON.stringify({ keys: kids.map((kid) => ({ kty: 'EC', crv: 'P-384', kid, use: 'sig' })) }, null, 2);
    return { update: lines('Publish both keys, the old one first', set('HW_mDiQs1lSzy3BB', 'q1k9sT0mZ3vLw2yX'), PROOF), removal: lines('Publish the new key alone', set('q1k9sT0mZ3vLw2yX'), PROOF), back: lines('Publish the old key alone', set('HW_mDiQs1lSzy3BB'), PROOF) };
  }
  return { update: lines('What its owner does', fields['how'] || 'Use the new material.'), removal: nothing, back: lines('Use the old material again', 'Version 3') };
}

export function runOf(consumer: ConsumerWire, kind: ConsumerKindRow): RunWire {
  const run: RunWire = {
    consumer: structuredClone(consumer), state: 'PENDING', attempts: [], instancesDone: 0, verified: null, onBackPath: consumer.roundTrip, offBackPath: null, holdsTwo: kind.holdsTwo, oldRemoved: null, toldBack: null, left: null, check: kind.check, slots: null, watched: null,
    update: missing('The public half of the new key is not known.', 'Finish the step before it first.'), removal: nothing, back: nothing,
    message: `Hello ${consumer.owner || 'there'},\n\nthe key gets new material, and ${consumer.name} uses it.\nOld: SHA256:N8Q95il/oPHqZIhxScJ0W2EaqfbmoE6qSGF3X0gCs70=\nNew: SHA256:q1k9sT0mZ3vLw2yXc8aBnEoPd5RfUgHjIiKlMuQrStU=\nPlease change over, and say when it is done.\nUntil then both are valid. Nothing secret is in this message.\n`,
  };
  return run;
}
