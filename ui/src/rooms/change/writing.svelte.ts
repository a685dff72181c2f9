// Which connections may be changed through, and for how long. Rust decides; the window counts, and falls back by itself.
import { getContext, setContext } from 'svelte';
import type { ConnectionRow, WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { change as words } from '../../words/change';

/** How often the countdown looks at the clock, in milliseconds. */
const LOOK = 500;

export class Writing {
  /** What the live region says. */
  announcement = $state('');
  busy = $state<string | null>(null);
  /** Why the mode could not be changed. */
  error = $state.raw<WireError | null>(null);
  #now = $state(Date.now());
  /** Until when, by connection, in milliseconds since 1970. */
  #until = $state.raw<ReadonlyMap<string, number>>(new Map());
  readonly #host: Host;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The connections through which changes are allowed now, by name. */
  get open(): readonly string[] {
    return [...this.#until.keys()].filter((name) => this.secondsLeft(name) !== null).sort((a, b) => a.localeCompare(b, 'en'));
  }

  /** For how many more seconds changes are allowed; `null` while the connection is read-only. */
  secondsLeft(connection: string): number | null {
    const until = this.#until.get(connection);
    if (until === undefined || until <= this.#now) return null;
    return Math.ceil((until - this.#now) / 1000);
  }

  /** When changes end to be allowed, in milliseconds since 1970. */
  endOf(connection: string): number | null {
    return this.#until.get(connection) ?? null;
  }

  /** What Rust says of the saved connections. */
  heard(rows: readonly ConnectionRow[]): void {
    this.keep(new Map(rows.flatMap(({ name, writesUntil }) => (writesUntil === null ? [] : [[name, Date.parse(writesUntil)]]))));
  }

  async allow(connection: string): Promise<WireError | null> {
    return this.set(connection, true);
  }

  async stop(connection: string): Promise<WireError | null> {
    return this.set(connection, false);
  }

  /** For when the window goes. */
  leave(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  private async set(connection: string, on: boolean): Promise<WireError | null> {
    this.busy = connection;
    this.error = null;
    try {
      const { until } = await this.#host.ask('set_write_mode', { connection, on });
      const after = new Map(this.#until);
      if (until === null) after.delete(connection);
      else after.set(connection, Date.parse(until));
      this.announcement = until === null ? words.writing.announceOff(connection) : words.writing.announceOn(connection);
      this.keep(after);
    } catch (caught) {
      this.error = toWireError(caught);
    } finally {
      this.busy = null;
    }
    return this.error;
  }

  private keep(until: ReadonlyMap<string, number>): void {
    this.#until = until;
    this.#now = Date.now();
    if (until.size === 0) this.leave();
    else this.#timer ??= setInterval(() => this.look(), LOOK);
  }

  /** The clock decides, not the number of ticks: a suspended window must not prolong the time. */
  private look(): void {
    this.#now = Date.now();
    const over = [...this.#until].filter(([, until]) => until <= this.#now).map(([name]) => name);
    if (over.length === 0) return;
    this.announcement = words.writing.announceOver(over.join(', '));
    this.keep(new Map([...this.#until].filter(([name]) => !over.includes(name))));
  }
}

/** `14:32`, or `0:09`. */
export function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The key of the write modes among Svelte's contexts; tests hand theirs in by it. */
export const WRITING = Symbol('writing');

/** The write modes of the window this component is in. Call it while the component is being set up. */
export function writingContext(): Writing {
  return getContext<Writing>(WRITING);
}

export function provideWriting(writing: Writing): void {
  setContext(WRITING, writing);
}
