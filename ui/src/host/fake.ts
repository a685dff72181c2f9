// A host without Rust: invented connections and items in memory, for tests and for `--mode fake` in a browser.
import type { Commands, ConnectionRow, InventoryEvent, ItemRow, Preferences, PromptList, PromptRow } from './contract.gen';
import { FakeChanges } from './fake/changes';
import { KINDS } from './fake/consumers';
import { exported, FINGERPRINTS, open } from './fake/opened';
import { FakeDestructions } from './fake/destructions';
import { FakeImports } from './fake/imports';
import { FakePolicies } from './fake/policies';
import { FakeRotations } from './fake/rotations';
import { dozen, rows } from './fake/rows';
import { CONNECTIONS, FORMATS, FORMS, refused, SIGN_INS, vaults } from './fake/world';
import type { Answer, AskName, Host, Request, WatchName, Watching } from './host';

export interface FakeChoices {
  /** How many items there are. */
  rows?: number;
  /** Nothing is connected yet. */
  first?: boolean;
  /** Milliseconds between the events of a watch; without it they come one after the other. */
  pace?: number;
  /** How many seconds changes are allowed for. */
  quarter?: number;
  /** How many old entries the journal has. */
  older?: number;
  /** The journal does not follow from what was sealed. */
  broken?: boolean;
  /** No keyring answers on this computer. */
  keyless?: boolean;
  /** What the proof of an import shows. */
  proof?: FakeImports['shows'];
  /** For how many seconds a wrapping key is taken. */
  life?: number;
  preferences?: Partial<Preferences>;
}

type Answers = { [C in AskName]: (request: Commands[C]['request']) => Commands[C]['answer'] | Promise<Commands[C]['answer']> };

export class FakeHost implements Host {
  /** Every command that was sent, with its request. */
  readonly asked: [AskName | WatchName, unknown][] = [];
  preferences: Preferences;
  readonly changes: FakeChanges;
  readonly rotations: FakeRotations;
  readonly imports: FakeImports;
  readonly destructions: FakeDestructions;
  readonly policies: FakePolicies;
  readonly #keyring: boolean;
  #connections: ConnectionRow[];
  readonly #rows: ItemRow[];
  readonly #pace: number;
  readonly #cancelled = new Set<string>();
  readonly #listeners: ((reference: string) => void)[] = [];
  #prompts: PromptRow[] = [];
  readonly #promptListeners = new Set<(list: PromptList) => void>();

  constructor(choices: FakeChoices = {}) {
    this.#rows = choices.rows === undefined ? dozen() : rows(choices.rows);
    this.#connections = choices.first ? [] : CONNECTIONS.map((one) => ({ ...one }));
    this.#pace = choices.pace ?? 0;
    this.preferences = { theme: 'system', compact: false, singleKeys: true, pins: [], ...choices.preferences };
    this.#keyring = !choices.keyless;
    this.changes = new FakeChanges({
      rows: this.#rows,
      connections: () => this.#connections,
      pace: this.#pace,
      quarter: choices.quarter ?? 900,
      older: choices.older ?? 0,
    });
    this.destructions = new FakeDestructions(this.#rows);
    this.policies = new FakePolicies(this.#rows);
    this.rotations = new FakeRotations({ rows: this.#rows, connections: () => this.#connections });
    this.imports = new FakeImports({ rows: this.#rows, connections: () => this.#connections });
    if (choices.proof) this.imports.shows = choices.proof;
    if (choices.life) this.imports.life = choices.life * 1000;
    const { journal } = this.changes;
    if (choices.keyless) journal.seal = 'memory';
    if (choices.broken) journal.problem = BROKEN;
  }

  async ask<C extends AskName>(command: C, request: Request<C>): Promise<Answer<C>> {
    this.asked.push([command, request]);
    return this.#answers[command](request);
  }

  watch<C extends WatchName>(command: C, request: Request<C>, onEvent: (event: Answer<C>) => void): Watching {
    this.asked.push([command, request]);
    const { operation } = request;
    if (command === 'watch_prompts') return this.tellPrompts(onEvent as (event: PromptList) => void);
    return { done: this.list(request as Request<'watch_inventory'>, onEvent as (event: InventoryEvent) => void), cancel: () => void this.#cancelled.add(operation) };
  }

  onNavigate(go: (reference: string) => void): void {
    this.#listeners.push(go);
  }

  /** Acts as a second start that was asked to open `reference`. */
  navigate(reference: string): void {
    for (const go of this.#listeners) go(reference);
  }

  /** Acts as if these sign-ins waited for a person now. */
  prompt(prompts: PromptRow[]): void {
    this.#prompts = prompts;
    for (const tell of this.#promptListeners) tell({ prompts });
  }

  private tellPrompts(tell: (list: PromptList) => void): Watching {
    this.#promptListeners.add(tell);
    tell({ prompts: this.#prompts });
    let end = () => {};
    const done = new Promise<void>((resolve) => (end = resolve));
    const cancel = () => {
      this.#promptListeners.delete(tell);
      end();
    };
    return { done, cancel };
  }

  private async list(request: Request<'watch_inventory'>, send: (event: InventoryEvent) => void): Promise<void> {
    const wanted = (name: string) =>
      this.#connections.some((one) => one.name === name) && (request.connections.length === 0 || request.connections.includes(name));
    const places = vaults(new Date().toISOString()).filter((vault) => wanted(vault.connection));
    for (const vault of places) send({ event: 'vault', vault: { ...vault, state: { is: 'listing' } } });
    for (const vault of places) {
      await this.pause();
      if (this.#cancelled.has(request.operation)) return send({ event: 'finished', cancelled: true });
      const listed = this.#rows.filter((row) => row.connection === vault.connection && row.vault === vault.id);
      for (let at = 0; at < listed.length; at += 200) send({ event: 'rows', rows: structuredClone(listed.slice(at, at + 200)) });
      send({ event: 'vault', vault: { ...vault, count: listed.length } });
    }
    send({ event: 'finished', cancelled: false });
  }

  private pause(): Promise<void> {
    return this.#pace ? new Promise((done) => setTimeout(done, this.#pace)) : Promise.resolve();
  }

  private find(reference: string): ItemRow {
    const row = this.#rows.find((one) => one.ref === reference);
    if (!row) throw refused({ kind: 'not-found', operation: 'open the item', message: `There is no item ${reference}.`, next: 'Refresh the inventory.' });
    return row;
  }

  private connect(draft: Request<'add_connection'>['draft']): ConnectionRow {
    const form = FORMS.find((one) => one.provider === draft.provider);
    const row: ConnectionRow = {
      name: draft.name,
      provider: draft.provider,
      title: form?.title ?? draft.provider,
      place: Object.values(draft.answers).join(' · '),
      environment: draft.environment,
      writesUntil: null,
      identity: 'maria',
      until: null,
      secrets: draft.keep ? 'keyring' : 'memory',
    };
    this.#connections = [...this.#connections.filter((one) => one.name !== row.name), row];
    return row;
  }

  readonly #answers: Answers = {
    app_state: () => ({
      version: '0.1.0',
      keyring: this.#keyring,
      notices: [],
      preferences: this.preferences,
      openAt: null,
      formats: FORMATS,
    }),
    connection_forms: () => FORMS,
    found_sign_ins: () => ({ found: SIGN_INS }),
    check_access: () => ({
      identity: 'arn:aws:sts::111122223333:assumed-role/KeyAdmin/maria',
      detail: null,
      until: null,
      checks: [
        { what: 'List keys', permission: 'kms:ListKeys', allowed: true, error: null, untested: null },
        { what: 'Read public keys', permission: 'kms:GetPublicKey', allowed: false, error: refused({ message: 'AWS refused.', permission: 'kms:GetPublicKey' }), untested: null },
        { what: 'List secrets', permission: 'secretsmanager:ListSecrets', allowed: null, error: null, untested: 'There is no secret to try it with.' },
      ],
    }),
    add_connection: ({ draft }) => this.connect(draft),
    remove_connection: ({ name }) => {
      this.#connections = this.#connections.filter((one) => one.name !== name);
      return {};
    },
    open_practice_keystore: () =>
      this.connect({ name: 'practice', provider: 'local', environment: 'sandbox', answers: { file: 'practice.keystore' }, secrets: {}, keep: true }),
    list_connections: () => ({ connections: structuredClone(this.#connections.map((one) => ({ ...one, writesUntil: still(one.writesUntil) }))) }),
    open_prompt: () => ({}),
    cancel_prompt: ({ id }) => {
      this.prompt(this.#prompts.filter((one) => one.id !== id));
      return {};
    },
    cancel: ({ operation }) => {
      this.#cancelled.add(operation);
      return {};
    },
    set_pin: ({ reference, pinned }) => {
      const others = this.preferences.pins.filter((one) => one !== reference);
      this.preferences = { ...this.preferences, pins: pinned ? [...others, reference] : others };
      return {};
    },
    open_item: ({ reference }) => {
      const row = this.find(reference);
      return open(row, this.changes.offers(row));
    },
    export_items: ({ request }) => exported(request, (reference) => this.find(reference)),
    copy_export: ({ request }) => {
      const { failed } = exported(request, (reference) => this.find(reference));
      if (failed[0]) throw failed[0][1];
      return { clearsAfter: null };
    },
    save_export: ({ request }) => ({ paths: request.references.map((_, at) => `/home/maria/key-${at + 1}.pem`) }),
    sign_test: ({ reference, algorithm }) => ({
      algorithm: algorithm ?? 'PS256',
      token: 'eyJhbGciOiJQUzI1NiJ9.eyJpc3MiOiJjbGF2aWdlciJ9.c2lnbmF0dXJl',
      header: JSON.stringify({ alg: algorithm ?? 'PS256', typ: 'JWT' }, null, 2),
      claims: JSON.stringify({ iss: 'claviger', sub: reference }, null, 2),
      proof: 'Verified by AWS-LC with the public half: PS256 by the RSA 2048 key',
    }),
    save_private_key: ({ form }) => ({ paths: [`/home/maria/key.${form.is}`] }),
    save_backup: () => ({ paths: ['/home/maria/item.backup'] }),
    copy_text: () => ({ clearsAfter: null }),
    choose_path: () => ({ path: '/home/maria/answer.pem' }),
    compare_fingerprint: ({ pasted }) =>
      pasted === FINGERPRINTS.spkiSha256 ? 'match' : pasted === FINGERPRINTS.opensshSha256 ? 'ssh-fingerprint' : pasted.startsWith('SHA256:') ? 'mismatch' : 'not-a-fingerprint',
    reveal_secret: () => ({ value: 'correct horse battery staple', binary: false, seconds: 20 }),
    copy_secret: () => ({ clearsAfter: 30 }),
    vault_offers: (request) => this.changes.vaultOffers(request),
    change_questions: (request) => this.changes.questions(request),
    open_policies: ({ reference }) => this.policies.open(reference),
    read_policy: (request) => this.policies.read(request),
    merge_policy: (request) => this.policies.merge(request),
    edit_statement: (request) => this.policies.edit(request),
    simulate_access: (request) => this.policies.simulate(request),
    save_policy_draft: (request) => this.policies.keep(request),
    plan_change: (request) => {
      const plan = this.changes.plan(request);
      if (request.ask === 'change-policy') this.policies.planned(plan.order, request);
      return plan;
    },
    confirm_change: async (request) => {
      const order = await this.changes.confirm(request);
      if (order.state === 'done') this.policies.done(order.order);
      return order;
    },
    drop_plan: ({ order }) => {
      this.changes.drop(order);
      this.rotations.drop(order);
      this.imports.drop(order);
      this.destructions.drop(order);
      return {};
    },
    set_write_mode: ({ connection, on }) => ({ until: this.changes.writeMode(connection, on) }),
    list_journal: (request) => this.changes.journal.page(request),
    check_order: ({ order }) => this.changes.check(order),
    continue_order: ({ order }) => this.changes.continue(order),
    abandon_order: ({ order }) => this.changes.abandon(order),
    plan_undo: ({ order }) => this.changes.undo(order),
    verify_journal: () => this.changes.journal.verify(),
    accept_journal: () => this.changes.journal.accept(),
    export_journal: () => ({ paths: ['/home/maria/journal.jsonl', '/home/maria/verify.py', '/home/maria/README.txt'] }),
    list_rotations: () => ({ rotations: this.rotations.list() }),
    open_rotation: ({ rotation }) => this.rotations.open(rotation),
    begin_rotation: ({ reference }) => this.rotations.begin(reference),
    note_rotation: (request) => this.rotations.note(request),
    look_at_consumer: (request) => this.rotations.look(request),
    prove_rotation: ({ rotation }) => this.rotations.prove(rotation),
    plan_rotation: (request) => this.rotations.plan(request),
    confirm_rotation: (request) => this.rotations.confirm(request),
    check_rotation: ({ rotation }) => this.rotations.check(rotation),
    preview_call: (request) => this.rotations.preview(request),
    call_consumer: (request) => this.rotations.call(request),
    list_destructions: () => ({ destructions: this.destructions.list() }),
    open_destruction: ({ destruction }) => this.destructions.open(destruction),
    begin_destruction: ({ references }) => this.destructions.begin(references),
    note_destruction: (request) => this.destructions.note(request),
    plan_destruction: (request) => this.destructions.plan(request),
    confirm_destruction: (request) => this.destructions.confirm(request),
    check_destruction: ({ destruction }) => this.destructions.open(destruction),
    save_destruction_sheet: ({ form }) => ({ paths: [`/home/maria/destruction.${form}`] }),
    list_consumers: ({ reference }) => this.rotations.ledgers.list(reference),
    consumer_kinds: () => ({ kinds: KINDS }),
    save_consumer: (request) => this.rotations.ledgers.save(request),
    remove_consumer: (request) => {
      this.rotations.ledgers.remove(request);
      return {};
    },
    save_definition: (request) => this.rotations.ledgers.define(request),
    allowed_commands: () => ({ programs: [...this.rotations.ledgers.programs] }),
    set_allowed_commands: ({ programs }) => {
      this.rotations.ledgers.programs = [...programs];
      return { programs };
    },
    save_calendar: () => ({ paths: ['/home/maria/claviger.ics'] }),
    list_imports: () => ({ imports: this.imports.list() }),
    import_vaults: () => this.imports.vaults(),
    import_takings: (request) => this.imports.takings(request),
    ask_leaving: (request) => this.imports.leaving(request),
    open_import: (request) => this.imports.open(request.import),
    begin_import: (request) => this.imports.begin(request),
    note_import: (request) => this.imports.note(request),
    fetch_wrapping_key: (request) => this.imports.fetch(request.import),
    save_wrapping_key: () => ({ paths: ['/home/maria/wrapping-key.pem'] }),
    wrap_import: (request) => this.imports.wrap(request),
    plan_import: (request) => this.imports.plan(request),
    confirm_import: (request) => this.imports.confirm(request),
    check_import: (request) => this.imports.check(request.import),
    prove_import: (request) => this.imports.prove(request.import),
    save_import_record: () => ({ paths: ['/home/maria/import-record.html', '/home/maria/import-record.json'] }),
    set_preferences: ({ preferences }) => {
      this.preferences = { ...preferences, pins: this.preferences.pins };
      return {};
    },
  };
}

/** Write mode ends by itself. */
function still(until: string | null): string | null {
  return until !== null && Date.parse(until) > Date.now() ? until : null;
}

const BROKEN = refused({
  kind: 'conflict',
  operation: 'verify the journal',
  message: 'Record 12 does not follow from record 11: its hash is another than the one that was written.',
  next: 'Export the journal and keep it. Restore the file from a backup, or go on from here; that is written down, too.',
  refusedBy: 'this app',
  requestId: null,
});
