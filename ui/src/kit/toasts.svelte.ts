// Short notices: a confirmed success or news. Failures never live only here.
import { getContext, setContext } from 'svelte';

export interface Notice {
  id: number;
  text: string;
  tone: 'polite' | 'assertive';
}

/** How long a notice stays, in milliseconds, while nobody points at it. */
const STAYS = 5000;

export class Toasts {
  notices = $state.raw<readonly Notice[]>([]);
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;

  /** Shows `text`, and has it read out when the person pauses. */
  say(text: string): void {
    this.add(text, 'polite');
  }

  /** Shows `text`, and has it read out at once. For what must not be missed and is shown elsewhere, too. */
  alert(text: string): void {
    this.add(text, 'assertive');
  }

  dismiss(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  /** Keeps every notice, for as long as somebody reads. */
  pause(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  resume(): void {
    this.pause();
    for (const { id } of this.notices) this.start(id);
  }

  private add(text: string, tone: Notice['tone']): void {
    const id = this.#next++;
    // The same words twice in a row would be two lines saying one thing.
    for (const notice of this.notices) if (notice.text === text) this.dismiss(notice.id);
    this.notices = [...this.notices.slice(-2), { id, text, tone }];
    this.start(id);
  }

  private start(id: number): void {
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), STAYS),
    );
  }
}

/** The key of the notices among Svelte's contexts; tests hand theirs in by it. */
export const TOASTS = Symbol('toasts');

/** The notices of the window this component is in. Call it while the component is being set up. */
export function toastsContext(): Toasts {
  return getContext<Toasts>(TOASTS);
}

export function provideToasts(toasts: Toasts): void {
  setContext(TOASTS, toasts);
}
