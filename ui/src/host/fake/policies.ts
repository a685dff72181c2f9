// The fake host's policies: texts that are really merged and edited, and what they mean only as far as a window needs it.
import type {
  Commands,
  DifferenceWire,
  HolderWire,
  ItemRow,
  LockoutWire,
  MergedPolicy,
  PoliciesWire,
  PolicyDraftWire,
  PolicyFindingWire,
  PolicyPastWire,
  PolicyReading,
  SimulatedAccess,
  StatementWire,
  TemplateWire,
} from '../contract.gen';
import { refused } from './world';

type Request<C extends keyof Commands> = Commands[C]['request'];

interface Statement {
  Sid: string;
  Effect: string;
  Principal: { AWS: string };
  Action: string[];
  Resource: string;
}

const ROOT = 'arn:aws:iam::111122223333:root';
const statement = (Sid: string, AWS: string, ...Action: string[]): Statement => ({ Sid, Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' });
const written = (statements: readonly Statement[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);
const BEGIN = written([statement('Root', ROOT, 'kms:*'), statement('Settlement', 'arn:aws:iam::111122223333:role/settlement-batch', 'kms:Sign', 'kms:Decrypt')]);

const TEMPLATES: TemplateWire[] = [
  {
    id: 'another-account',
    title: 'Let another account use the key',
    explains: 'The other account may encrypt and decrypt with the key, and may make grants for services that act for it.',
    source: 'KMS Developer Guide',
    questions: [{ id: 'account', label: 'Account', hint: 'Twelve digits', lines: false, choices: [], optional: false }],
    presets: [['Heroku', { account: '021876802972' }]],
  },
];

const POWERS: [power: string, verb: string, action: string][] = [
  ['administer', 'change the policy', 'kms:PutKeyPolicy'],
  ['decrypt', 'decrypt', 'kms:Decrypt'],
  ['sign', 'sign', 'kms:Sign'],
];

function statementsOf(text: string): Statement[] | null {
  try {
    const read = (JSON.parse(text) as { Statement?: Statement[] }).Statement;
    return Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}

const allows = (one: Statement, action: string) => one.Effect === 'Allow' && one.Action.some((said) => said === 'kms:*' || said === action);
const whoOf = (one: Statement) => (one.Principal.AWS.endsWith(':root') ? `account ${one.Principal.AWS.split(':')[4]}` : one.Principal.AWS);

export class FakePolicies {
  /** What each policy reads, by the item. */
  readonly texts = new Map<string, string>();
  readonly drafts = new Map<string, PolicyDraftWire>();
  readonly past = new Map<string, PolicyPastWire[]>();
  readonly #planned = new Map<string, { reference: string; text: string }>();
  readonly #rows: readonly ItemRow[];

  constructor(rows: readonly ItemRow[]) {
    this.#rows = rows;
  }

  open(reference: string): PoliciesWire {
    const row = this.#rows.find((one) => one.ref === reference);
    if (!row || row.connection !== 'payments-prod') throw refused({ kind: 'unsupported', operation: 'read the policy', message: 'This kind of place has no policies.', next: 'Whoever can open the place can do everything there.', refusedBy: 'this app', requestId: null });
    const denied = row.name === 'old-hmac';
    return structuredClone({
      reference,
      name: row.name,
      connection: row.connection,
      environment: 'production',
      caller: 'arn:aws:sts::111122223333:assumed-role/KeyAdmin/maria',
      unread: ['Policies of the organisation cannot be read here: they may deny more.'],
      change: { ask: 'change-policy', changes: true, allowed: !denied, because: denied ? 'It waits for its deletion.' : null, permission: null },
      policies: [
        {
          id: 'default',
          title: 'Key policy',
          language: 'aws-key',
          text: this.text(reference),
          trouble: null,
          reach: 'It decides about this key alone.',
          ofItem: true,
          write: { ask: 'change-policy', changes: true, allowed: denied ? false : null, because: denied ? 'It waits for its deletion.' : null, permission: null },
          templates: TEMPLATES,
          draft: this.drafts.get(reference) ?? null,
          history: this.past.get(reference) ?? [],
        },
      ],
    });
  }

  read({ base, text }: Request<'read_policy'>): PolicyReading {
    const statements = statementsOf(text);
    const place = (sid: string) => {
      const from = Math.max(0, text.indexOf(`"${sid}"`));
      return { from, to: from + sid.length + 2 };
    };
    return {
      language: 'aws-key',
      findings: statements === null ? [MALFORMED] : statements.filter((one) => one.Principal.AWS === '*').map((one) => ({ ...PUBLIC, ...place(one.Sid) })),
      sentences: (statements ?? []).map((one) => ({ says: `${one.Sid} lets ${whoOf(one)} call ${one.Action.join(', ')}.`, ...place(one.Sid) })),
      who: whoBoth(statementsOf(base) ?? [], statements ?? []),
      differences: differences(statementsOf(base) ?? [], statements ?? []),
      lockout: lockoutOf(statements),
      statements: (statements ?? []).map((one) => ({ ...form(one), ...place(one.Sid) })),
    };
  }

  merge({ text, answers, takeBack }: Request<'merge_policy'>): MergedPolicy {
    const account = answers['account'] ?? '';
    if (!/^\d{12}$/.test(account)) throw refused({ kind: 'invalid', operation: 'change the text', message: `“${account}” is no account: it has twelve digits`, next: 'The text is as it was. Correct it, then go on.', refusedBy: 'this app', requestId: null });
    const sids = [`Use${account}`, `Grants${account}`];
    const others = (statementsOf(text) ?? []).filter((one) => !sids.includes(one.Sid));
    const principal = `arn:aws:iam::${account}:root`;
    const parts = [statement(sids[0]!, principal, 'kms:Encrypt', 'kms:Decrypt'), statement(sids[1]!, principal, 'kms:CreateGrant')];
    const after = written(takeBack ? others : [...others, ...parts]);
    return { text: after, changed: after !== text, says: takeBack ? 'Two statements were taken out.' : 'Two statements were added.' };
  }

  edit({ text, index, fields }: Request<'edit_statement'>): MergedPolicy {
    const statements = statementsOf(text) ?? [];
    const of = (name: string) => fields?.[name] ?? [];
    const one: Statement = { Sid: of('sid')[0] ?? '', Effect: of('effect')[0] ?? 'Allow', Principal: { AWS: of('principals')[0] ?? '*' }, Action: of('actions'), Resource: '*' };
    const after = written([...statements.slice(0, index), ...(fields === null ? [] : [one]), ...statements.slice(index + 1)]);
    return { text: after, changed: after !== text, says: fields === null ? 'The statement was taken out.' : 'The statement was written.' };
  }

  simulate({ text, caller, action }: Request<'simulate_access'>): SimulatedAccess {
    const by = (statementsOf(text) ?? []).find((one) => one.Principal.AWS === caller && allows(one, action));
    if (!by) return { verdict: 'not-allowed', says: `No statement lets ${caller} call ${action}.`, by: [] };
    const from = text.indexOf(`"${by.Sid}"`);
    return { verdict: 'allowed', says: `${by.Sid} lets ${caller} call ${action}.`, by: [{ says: by.Sid, from, to: from + by.Sid.length + 2 }] };
  }

  keep({ reference, base, text }: Request<'save_policy_draft'>): Record<string, never> {
    if (text === null) this.drafts.delete(reference);
    else this.drafts.set(reference, { base, text, at: new Date().toISOString() });
    return {};
  }

  planned(order: string, { target, answers }: Request<'plan_change'>): void {
    if (target.is === 'item') this.#planned.set(order, { reference: target.reference, text: answers['text'] ?? '' });
  }

  done(order: string): void {
    const planned = this.#planned.get(order);
    if (!planned) return;
    const before = this.text(planned.reference);
    this.texts.set(planned.reference, planned.text);
    this.past.set(planned.reference, [{ order, at: new Date().toISOString(), actor: 'maria', before }, ...(this.past.get(planned.reference) ?? [])]);
  }

  private text(reference: string): string {
    return this.texts.get(reference) ?? BEGIN;
  }
}

const MALFORMED: PolicyFindingWire = { code: 'not-json', severity: 'error', from: 0, to: 1, message: 'This is not JSON.', next: 'Correct it where the text breaks off.', fix: null };
const PUBLIC: Omit<PolicyFindingWire, 'from' | 'to'> = { code: 'public-principal', severity: 'error', message: 'Anyone in any account may use this key.', next: 'Limit the principal.', fix: null };

function lockoutOf(statements: readonly Statement[] | null): LockoutWire {
  if (statements === null) return { caller: 'cannot-tell', says: 'The text is not well-formed, so nothing can be said of its effect.', next: 'Settle the errors in the text first.', others: [] };
  const by = statements.find((one) => allows(one, 'kms:PutKeyPolicy'));
  if (by) return { caller: 'keeps', says: `You could still change the policy: by ${by.Sid}.`, next: null, others: [] };
  const says = 'You could no longer change the policy: no statement lets role KeyAdmin call kms:PutKeyPolicy. AWS refuses that unless it is told to by BypassPolicyLockoutSafetyCheck; Claviger never sets that.';
  return { caller: 'loses', says, next: 'Add a statement that lets you call kms:PutKeyPolicy.', others: [] };
}

function whoBoth(before: readonly Statement[], after: readonly Statement[]): HolderWire[] {
  return POWERS.flatMap(([power, verb, action]) => {
    const ids = [...new Set([...before, ...after].filter((one) => allows(one, action)).map((one) => one.Principal.AWS))];
    const standing = (statements: readonly Statement[], id: string) => {
      const by = statements.filter((one) => one.Principal.AWS === id && allows(one, action)).map((one) => one.Sid);
      if (by.length === 0) return null;
      return id.endsWith(':root') ? { is: 'depends-on', terms: ['the IAM policies of the account'], by } : { is: 'can', terms: [], by };
    };
    return ids.map((id): HolderWire => ({ who: id, id, power, verb, before: standing(before, id), after: standing(after, id) }));
  });
}

function differences(before: readonly Statement[], after: readonly Statement[]): DifferenceWire[] {
  const found = whoBoth(before, after).flatMap((holder): DifferenceWire[] => {
    if (holder.before === null) return [{ turn: 'gains', says: `${holder.who} will be able to ${holder.verb}.` }];
    return holder.after === null ? [{ turn: 'loses', says: `${holder.who} will no longer be able to ${holder.verb}.` }] : [];
  });
  return found.length > 0 ? found : [{ turn: 'nothing', says: 'Nothing changes in effect.' }];
}

function form(one: Statement): Omit<StatementWire, 'from' | 'to'> {
  const field = (id: string, label: string, several: boolean, values: string[], choices: string[] = []) => ({ id, label, hint: '', several, choices, values });
  return {
    label: one.Sid,
    fields: [
      field('sid', 'Sid', false, [one.Sid]),
      field('effect', 'Effect', false, [one.Effect], ['Allow', 'Deny']),
      field('principals', 'Principal', true, [one.Principal.AWS]),
      field('actions', 'Action', true, one.Action),
    ],
  };
}
