// One secret value on screen: shown for the seconds Rust grants, then gone, and gone at once when one looks away.
import type { WireError } from '../host/contract.gen';
import { toWireError, type Host } from '../host/host';
import { item as words } from '../words/item';

/** What made a value disappear. */
export type HiddenBy = keyof Pick<typeof words.secret.announce, 'blur' | 'left' | 'person' | 'timeout'>;

/** How often the countdown looks at the clock, in milliseconds. */
const LOOK = 250;

export class SecretReveal {
  /** The value while it is shown, and never after. */
  value = $state.raw<string | null>(null);
  binary = $state(false);
  secondsLeft = $state(0);
  busy = $state<'copy' | 'reveal' | null>(null);
  error = $state.raw<WireError | null>(null);
  /** What the live region says. */
  announcement = $state('');

  readonly #host: Host;
  #until = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #turn = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  async reveal(reference: string, version: string | null): Promise<void> {
    this.hide('person');
    const turn = ++this.#turn;
    this.busy = 'reveal';
    this.error = null;
    try {
      const revealed = await this.#host.ask('reveal_secret', { reference, version });
      // Hidden while the answer was under way: the value is dropped unseen.
      if (turn !== this.#turn) return;
      this.value = revealed.value;
      this.binary = revealed.binary;
      this.#until = Date.now() + revealed.seconds * 1000;
      this.secondsLeft = revealed.seconds;
      this.#timer = setInterval(() => this.look(), LOOK);
      this.announcement = words.secret.announce.revealed(revealed.seconds);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.error = toWireError(error);
      this.announcement = words.secret.announce.failed;
    } finally {
      if (turn === this.#turn) this.busy = null;
    }
  }

  /** Takes the value off the screen and out of memory, and drops one that is still under way. */
  hide(by: HiddenBy) {
    const waiting = this.busy === 'reveal';
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (waiting) this.busy = null;
    if (this.value === null) return;
    this.value = null;
    this.secondsLeft = 0;
    this.announcement = words.secret.announce[by];
  }

  /** Puts the value on the clipboard without showing it. Answers after how many seconds it is cleared. */
  async copy(reference: string, version: string | null): Promise<{ clearsAfter: number | null } | null> {
    this.busy = 'copy';
    this.error = null;
    try {
      return await this.#host.ask('copy_secret', { reference, version });
    } catch (error) {
      this.error = toWireError(error);
      this.announcement = words.secret.announce.failed;
      return null;
    } finally {
      if (this.busy === 'copy') this.busy = null;
    }
  }

  /** The clock decides, not the number of ticks: a suspended window must not prolong the showing. */
  private look() {
    const left = Math.ceil((this.#until - Date.now()) / 1000);
    if (left <= 0) this.hide('timeout');
    else this.secondsLeft = left;
  }
}
