// Answers of Rust, kept by command and request until a command that touches them was sent. Rust owns the truth: there
// are no retries and no timers here.
import type { WireError } from './contract.gen';
import { commands } from './contract.gen';
import { toWireError, type Answer, type AskName, type CommandName, type Host, type Request, type WatchName, type Watching } from './host';

type Effects = typeof commands;
/** A cache of the window, as the table of commands names it. */
export type Tag = Effects[CommandName]['touches'][number];

/** What each kept answer is made of. An answer that is not listed is read once and stays. */
const MADE_OF: Partial<Record<AskName, readonly Tag[]>> = {
  allowed_commands: ['Rotations'],
  app_state: ['Preferences'],
  found_sign_ins: ['Connections'],
  list_connections: ['Connections'],
  list_consumers: ['Inventory', 'Rotations'],
  list_destructions: ['Destructions'],
  list_imports: ['Imports'],
  list_journal: ['Journal'],
  list_rotations: ['Rotations'],
  open_destruction: ['Destructions', 'Inventory'],
  open_item: ['Connections', 'Inventory'],
  open_rotation: ['Inventory', 'Rotations'],
  vault_offers: ['Connections', 'Inventory'],
};

/** One kept answer. The last good answer stays while it is read afresh, and if that fails. */
export class Query<A> {
  answer = $state.raw<A | null>(null);
  error = $state.raw<WireError | null>(null);
  busy = $state(false);
  readonly #read: () => Promise<A>;
  #turn = 0;

  constructor(read: () => Promise<A>) {
    this.#read = read;
  }

  /** Reads afresh. An answer that was overtaken by a later reading is dropped. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const answer = await this.#read();
      if (turn !== this.#turn) return;
      this.answer = answer;
      this.error = null;
    } catch (caught) {
      if (turn === this.#turn) this.error = toWireError(caught);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

interface Entry {
  command: AskName;
  query: Query<unknown>;
}

/** A host that keeps answers, and knows after each command which of them are stale. */
export class QueryHost implements Host {
  readonly #host: Host;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(tags: readonly Tag[]) => unknown>();

  constructor(host: Host) {
    this.#host = host;
  }

  async ask<C extends AskName>(command: C, request: Request<C>): Promise<Answer<C>> {
    try {
      return await this.#host.ask(command, request);
    } finally {
      // Also after a failure: it cannot be known how far the command came.
      this.touch(commands[command].touches);
    }
  }

  watch<C extends WatchName>(command: C, request: Request<C>, onEvent: (event: Answer<C>) => void): Watching {
    return this.#host.watch(command, request, onEvent);
  }

  onNavigate(go: (reference: string) => void): void {
    this.#host.onNavigate(go);
  }

  /** The kept answer to `command` with `request`; the first call starts reading it. */
  query<C extends AskName>(command: C, request: Request<C>): Query<Answer<C>> {
    const key = `${command} ${JSON.stringify(request)}`;
    const kept = this.#entries.get(key);
    // The key begins with the command, so the entry's answer is this command's.
    if (kept) return kept.query as Query<Answer<C>>;
    const query = new Query<Answer<C>>(() => this.#host.ask(command, request));
    this.#entries.set(key, { command, query: query as Query<unknown> });
    void query.refresh();
    return query;
  }

  /** Calls `listener` with the tags of every command that touched something. Returns the way to stop. */
  onTouched(listener: (tags: readonly Tag[]) => unknown): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  private touch(tags: readonly Tag[]): void {
    if (tags.length === 0) return;
    for (const { command, query } of this.#entries.values()) {
      if (MADE_OF[command]?.some((tag) => tags.includes(tag))) void query.refresh();
    }
    for (const listener of this.#listeners) listener(tags);
  }
}
