// The fake host's consumers: the kinds with their questions, a ledger for each item, and definitions of keys.
import type { Commands, ConsumerFieldRow, ConsumerKindRow, ConsumerLedger, ConsumerWire, DefinitionRow, DefinitionWire, FoundConsumer } from '../contract.gen';
import { refused } from './world';

type Request<C extends keyof Commands> = Commands[C]['request'];

const text = (name: string, label: string, help = '', required = false, shape = 'text'): ConsumerFieldRow => ({ name, label, help, required, shape });
const TOKENS = text('token_minutes', 'Lifetime of its tokens, in minutes', 'What the old key signed is valid for so long after the switch. 60 if empty.', false, 'number');

export const KINDS: ConsumerKindRow[] = [
  {
    kind: 'snowflake-user',
    title: 'Snowflake user',
    fields: [
      text('user', 'User', 'As DESC USER shows it, usually in capital letters.', true),
      text('account', 'Account', 'The account identifier, such as xy12345.eu-west-1; for the test sign-in.', true),
    ],
    check: 'slots',
    holdsTwo: true,
  },
  {
    kind: 'jwks-endpoint',
    title: 'JWKS endpoint',
    fields: [
      text('url', 'Addresses', 'https, one a line. Each must publish the new key.', true, 'lines'),
      text('cache_minutes', 'Readers keep it for, in minutes', 'The longest that a reader caches the set. 15 if empty.', false, 'number'),
      TOKENS,
    ],
    check: 'published',
    holdsTwo: true,
  },
  {
    kind: 'github-key',
    title: 'GitHub deploy or signing key',
    fields: [text('place', 'Repository or user', 'owner/repository for a deploy key, a user for a signing key.', true), text('title', 'Title')],
    check: 'fingerprint',
    holdsTwo: true,
  },
  { kind: 'tls-endpoint', title: 'TLS endpoint', fields: [text('address', 'Host and port', 'Such as api.example.com:443.', true)], check: 'presented', holdsTwo: false },
  { kind: 'by-hand', title: 'By hand', fields: [text('how', 'How it is updated', 'What its owner does.')], check: 'said', holdsTwo: false },
];

export const kindOf = (kind: string): ConsumerKindRow => KINDS.find((one) => one.kind === kind) ?? KINDS[KINDS.length - 1]!;

function consumer(parts: Partial<ConsumerWire> & { id: string; name: string }): ConsumerWire {
  return { kind: 'by-hand', owner: '', note: '', fields: {}, roundTrip: false, instances: 1, tell: { is: 'checklist' }, realValues: false, ...parts };
}

/** Who uses payments-sign: a user with two slots, and three pipelines. */
export const PAYMENTS: ConsumerWire[] = [
  consumer({ id: 'C1', kind: 'snowflake-user', name: 'ETL_USER', owner: 'data-eng', fields: { user: 'ETL_USER', account: 'xy12345.eu-west-1' }, tell: { is: 'message' } }),
  consumer({ id: 'C2', name: 'settlement-batch', owner: 'payments', fields: { how: 'Set KEY_VERSION in the pipeline and run it once.' }, instances: 3, roundTrip: true }),
  consumer({ id: 'C3', name: 'ledger-import', owner: 'ledger', tell: { is: 'command', program: '/usr/local/bin/notify-ledger', arguments: ['--env', 'prod'] } }),
  consumer({ id: 'C4', name: 'reporting', owner: 'bi', tell: { is: 'webhook', url: 'https://hooks.bi.contoso.example/rotations', authority: '' }, realValues: true }),
];
export const ISSUER: ConsumerWire[] = [
  consumer({ id: 'J1', kind: 'jwks-endpoint', name: 'login.contoso.example', owner: 'identity', fields: { url: 'https://login.contoso.example/.well-known/jwks.json', cache_minutes: '60' } }),
];

const profile = (importance: string, stateless: boolean, keepInCache: boolean, strategy: string): DefinitionWire => ({ name: '', useCase: 'round-trip', stateless, keepInCache, source: '', importance, strategy });
const PROFILES = [profile('high', false, false, 'halt'), profile('medium', false, true, 'skip-and-raise'), profile('low', true, true, 'skip')];

export class FakeLedgers {
  programs: string[] = ['/usr/local/bin/notify-ledger'];
  readonly #ledgers = new Map<string, ConsumerWire[]>([
    ['payments-prod/eu-west-1/payments-sign', structuredClone(PAYMENTS)],
    ['vault-prod/transit/oidc-signing', structuredClone(ISSUER)],
  ]);
  readonly #definitions = new Map<string, DefinitionRow>();
  #next = 1;

  of(reference: string): ConsumerWire[] {
    return this.#ledgers.get(reference) ?? [];
  }

  list(reference: string): ConsumerLedger {
    const consumers = this.of(reference);
    const known = (found: FoundConsumer) => consumers.some((one) => one.name === found.consumer.name);
    const name = reference.split('/').at(-1) ?? reference;
    const found: FoundConsumer[] = [
      { from: 'tag rotation:consumer', consumer: consumer({ id: '', kind: 'snowflake-user', name: 'REPORT_USER', fields: { user: 'REPORT_USER' } }) },
      { from: `alias/${name}`, consumer: consumer({ id: '', name: `users of alias/${name}`, fields: { how: 'Nothing: whoever names the alias follows it.' } }) },
    ];
    return structuredClone({ consumers, found: found.filter((one) => !known(one)), definition: this.#definitions.get(reference) ?? null, profiles: PROFILES });
  }

  save({ reference, consumer: given }: Request<'save_consumer'>): ConsumerWire {
    const missing = kindOf(given.kind).fields.find((field) => field.required && !given.fields[field.name]?.trim());
    if (given.name.trim() === '' || missing) {
      throw refused({ kind: 'invalid', operation: 'keep the consumer', message: missing ? `“${missing.label}” is needed.` : 'The consumer has no name.', next: 'Fill it in, then save again.', refusedBy: 'this app', requestId: null });
    }
    const kept = { ...structuredClone(given), id: given.id === '' ? `N${this.#next++}` : given.id };
    const others = this.of(reference);
    const at = others.findIndex((one) => one.id === kept.id);
    this.#ledgers.set(reference, at < 0 ? [...others, kept] : others.with(at, kept));
    return structuredClone(kept);
  }

  remove({ reference, consumer: id }: Request<'remove_consumer'>): void {
    this.#ledgers.set(reference, this.of(reference).filter((one) => one.id !== id));
  }

  define({ reference, definition }: Request<'save_definition'>): DefinitionRow {
    const flag = (on: boolean) => (on ? 'True' : 'False');
    const python = [
      'keys_management.define_key(',
      `    ${JSON.stringify(definition.name)},`,
      `    ${definition.source || 'key_store'},`,
      `    use_case=SecretKeyUseCase.${definition.useCase === 'one-way' ? 'ONE_WAY_TRIP' : 'ROUND_TRIP'},`,
      `    stateless=${flag(definition.stateless)},`,
      `    keep_in_cache=${flag(definition.keepInCache)},`,
      `    on_key_changed_callback_error_strategy=OnKeyChangedCallbackErrorStrategy.${definition.strategy.toUpperCase().replaceAll('-', '_')},`,
      ')\n',
    ].join('\n');
    const row = { definition: structuredClone(definition), python };
    this.#definitions.set(reference, row);
    return structuredClone(row);
  }
}
