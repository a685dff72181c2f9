// The programs that consumers may be told by: reading the list, adding to it, taking from it. Rust keeps it.
import type { WireError } from '../../host/contract.gen';
import { toWireError, type Host } from '../../host/host';
import { shell } from '../../words/shell';

const words = shell.settings.programs;

export class Programs {
  /** `null` until it was read. */
  list = $state.raw<readonly string[] | null>(null);
  /** Why it could not be read, or not be kept. */
  error = $state.raw<WireError | null>(null);
  busy = $state(false);
  /** What is typed. */
  path = $state('');
  /** What is wrong with it; empty while nothing is, or before it was tried. */
  problem = $state('');
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async read(): Promise<void> {
    await this.run(() => this.#host.ask('allowed_commands', {}));
  }

  /** Adds what is typed. Answers its path; `null` if it was not added. */
  async add(): Promise<string | null> {
    const path = this.path.trim();
    this.problem = this.wrong(path);
    if (this.problem !== '' || this.list === null) return null;
    if (!(await this.keep([...this.list, path]))) return null;
    this.path = '';
    return path;
  }

  /** Takes `path` out. Answers whether it is out. */
  async remove(path: string): Promise<boolean> {
    if (this.list === null) return false;
    return this.keep(this.list.filter((one) => one !== path));
  }

  private wrong(path: string): string {
    if (path === '') return words.problems.empty;
    // As each system writes a path from the root on.
    if (!/^(?:\/|[A-Za-z]:[\\/]|\\\\)./.test(path)) return words.problems.notWhole;
    return this.list?.includes(path) ? words.problems.twice : '';
  }

  private keep(programs: string[]): Promise<boolean> {
    return this.run(() => this.#host.ask('set_allowed_commands', { programs }));
  }

  /** What Rust answers is shown, not what was asked for. */
  private async run(ask: () => Promise<{ programs: string[] }>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      this.list = (await ask()).programs;
      return true;
    } catch (caught) {
      this.error = toWireError(caught);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
