// The connect screen: what was found, what is chosen, what a check said, and what was saved.
import type {
  ConnectionDraft,
  ConnectionRow,
  EnvironmentMark,
  FormRow,
  FoundSignIn,
  WireError,
} from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { distinct, FORM, freeName, signInId, type Outcome } from './drafts';
import { FormState } from './form.svelte';

export class ConnectRoom {
  forms = $state.raw<FormRow[]>([]);
  found = $state.raw<FoundSignIn[]>([]);
  connections = $state.raw<ConnectionRow[]>([]);
  /** Whether the sign-ins on this computer are still being looked for. */
  looking = $state(true);
  /** Why a part of the screen could not be read. */
  trouble = $state.raw<WireError | null>(null);

  /** The chosen sign-ins, by `signInId`. */
  chosen = $state<Record<string, boolean>>({});
  form = $state.raw<FormState | null>(null);
  environment = $state<EnvironmentMark>('production');
  keep = $state(true);

  /** By `signInId`, or `FORM`. */
  outcomes = $state<Partial<Record<string, Outcome>>>({});
  busy = $state<'check' | 'connect' | 'practice' | 'remove' | null>(null);
  practiceError = $state.raw<WireError | null>(null);
  removalError = $state.raw<WireError | null>(null);
  /** Whether a person has pressed a button with nothing to send. */
  tried = $state(false);

  #listed = $state(false);
  readonly #host: Host;
  readonly #keyring: boolean;
  #round = 0;

  constructor(host: Host, keyring: boolean) {
    this.#host = host;
    this.#keyring = keyring;
    this.keep = keyring;
  }

  /** Reads forms, saved connections and sign-ins side by side; one that fails does not hide the others. */
  async load(): Promise<void> {
    this.looking = true;
    this.trouble = null;
    const part = async <T>(answer: Promise<T>, use: (answer: T) => void) => {
      try {
        use(await answer);
      } catch (error) {
        this.trouble ??= toWireError(error);
      }
    };
    await Promise.all([
      part(this.#host.ask('connection_forms', {}), (forms) => (this.forms = forms)),
      part(this.#host.ask('list_connections', {}), ({ connections }) => {
        this.connections = connections;
        this.#listed = true;
      }),
      part(this.#host.ask('found_sign_ins', {}), ({ found }) => (this.found = distinct(found))).then(() => (this.looking = false)),
    ]);
  }

  /** Whether nothing is connected yet; not before that is known. */
  get firstRun(): boolean {
    return this.#listed && this.connections.length === 0;
  }

  get takenNames(): string[] {
    return this.connections.map((row) => row.name);
  }

  /**
   * The names that the form cannot have. One of the same kind of place may be meant: with the same answers it is how
   * one signs in again, and Rust refuses it with others.
   */
  get namesOfOthers(): string[] {
    return this.connections.filter((row) => row.provider !== this.form?.form.provider).map((row) => row.name);
  }

  choose(id: string, chosen: boolean) {
    this.chosen[id] = chosen;
    delete this.outcomes[id];
    this.tried = false;
  }

  /** Opens the form of a kind of place; a name that was typed already is carried over (WCAG 3.3.7). */
  openForm(provider: string) {
    const form = this.forms.find((row) => row.provider === provider);
    if (!form) return;
    const next = new FormState(form);
    next.name = this.form?.name ?? '';
    this.form?.forget();
    this.form = next;
    delete this.outcomes[FORM];
    this.tried = false;
  }

  /** An answer changed: what a check said of the earlier ones no longer counts. */
  edited() {
    delete this.outcomes[FORM];
  }

  closeForm() {
    this.form?.forget();
    this.form = null;
    delete this.outcomes[FORM];
  }

  /** Opens the form for a connection whose secrets are gone; its answers have to be given once more. */
  signInAgain(row: ConnectionRow) {
    this.openForm(row.provider);
    if (this.form) this.form.name = row.name;
    this.environment = row.environment ?? this.environment;
  }

  /** Leaves the screen: nothing secret stays behind, and late answers are dropped. */
  leave() {
    this.#round += 1;
    this.closeForm();
  }

  /** What would be sent now, or nothing while the form has problems. */
  get drafts(): { id: string; draft: ConnectionDraft }[] | null {
    const taken = [...this.takenNames];
    const drafts: { id: string; draft: ConnectionDraft }[] = [];
    if (this.form) {
      if (Object.keys(this.form.problems(this.namesOfOthers)).length > 0) return null;
      const draft = this.form.draft(this.environment, this.keep && this.#keyring);
      taken.push(draft.name);
      drafts.push({ id: FORM, draft });
    }
    for (const row of this.found) {
      const id = signInId(row);
      if (!this.chosen[id] || row.connected) continue;
      const name = freeName(row.name, taken);
      taken.push(name);
      const { provider, answers } = row;
      drafts.push({ id, draft: { name, provider, environment: this.environment, answers, secrets: {}, keep: false } });
    }
    return drafts;
  }

  /** Tries what reading needs for every draft, side by side. */
  async check(): Promise<void> {
    const drafts = this.ready();
    if (!drafts) return;
    const round = this.begin('check');
    await Promise.all(
      drafts.map(async ({ id, draft }) => {
        this.outcomes[id] = { name: draft.name, busy: true, report: null, error: null };
        const outcome = { name: draft.name, busy: false, report: null, error: null } as Outcome;
        try {
          outcome.report = await this.#host.ask('check_access', { draft });
        } catch (error) {
          outcome.error = toWireError(error);
        }
        // A sign-in that was unchecked meanwhile, or a form that was closed, wants no report.
        if (round === this.#round && this.outcomes[id]) this.outcomes[id] = outcome;
      }),
    );
    this.end(round);
  }

  /** Saves every draft, one after the other so that names stay free. Answers how many were saved and how many not. */
  async connect(): Promise<{ saved: ConnectionRow[]; failed: number }> {
    const drafts = this.ready();
    if (!drafts) return { saved: [], failed: 0 };
    const round = this.begin('connect');
    const saved: ConnectionRow[] = [];
    let failed = 0;
    for (const { id, draft } of drafts) {
      const before = this.outcomes[id]?.report ?? null;
      this.outcomes[id] = { name: draft.name, busy: true, report: before, error: null };
      try {
        saved.push(await this.#host.ask('add_connection', { draft }));
        this.settle(id);
      } catch (error) {
        failed += 1;
        this.outcomes[id] = { name: draft.name, busy: false, report: before, error: toWireError(error) };
      }
    }
    const before = this.connections.filter((row) => !saved.some((one) => one.name === row.name));
    this.connections = [...before, ...saved].sort((a, b) => a.name.localeCompare(b.name, 'en'));
    this.end(round);
    return { saved, failed };
  }

  /** Makes the practice keystore, or opens the one that is there. */
  async openPractice(): Promise<ConnectionRow | null> {
    const round = this.begin('practice');
    this.practiceError = null;
    try {
      return await this.#host.ask('open_practice_keystore', {});
    } catch (error) {
      this.practiceError = toWireError(error);
      return null;
    } finally {
      this.end(round);
    }
  }

  /** Forgets a connection. Answers whether it is gone. */
  async remove(name: string): Promise<boolean> {
    const round = this.begin('remove');
    this.removalError = null;
    try {
      await this.#host.ask('remove_connection', { name });
      await this.load();
      return true;
    } catch (error) {
      this.removalError = toWireError(error);
      return false;
    } finally {
      this.end(round);
    }
  }

  private settle(id: string) {
    delete this.outcomes[id];
    if (id === FORM) {
      this.closeForm();
      return;
    }
    delete this.chosen[id];
    this.found = this.found.map((row) => (signInId(row) === id ? { ...row, connected: true } : row));
  }

  private ready() {
    this.tried = true;
    this.form?.touchAll();
    const drafts = this.drafts;
    return drafts && drafts.length > 0 ? drafts : null;
  }

  private begin(what: NonNullable<typeof this.busy>): number {
    this.busy = what;
    return ++this.#round;
  }

  private end(round: number) {
    if (round === this.#round) this.busy = null;
  }
}
