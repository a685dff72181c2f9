// A list of wizards: which are shown, and why there may be none.
import type { Query } from '../../host/query.svelte';

export type Emptiness = 'failed' | 'filtered' | 'loading' | 'nothing';

/** More rows than this are not put on the page unasked. */
export const PAGE = 200;

/** What a list needs of its lines: everything a word may be found in, in lower case. */
export interface Found {
  haystack: string;
}

export class WizardList<A, L extends Found> {
  text = $state('');
  /** The one one is on. */
  chosen = $state<string | null>(null);
  #limit = $state(PAGE);
  readonly query: Pick<Query<A>, 'answer' | 'busy' | 'error' | 'refresh'>;
  readonly #linesOf: (answer: A) => readonly L[];

  readonly all: readonly L[] = $derived.by(() => (this.query.answer === null ? [] : this.#linesOf(this.query.answer)));
  readonly matching: readonly L[] = $derived.by(() => matching(this.all, this.text));
  readonly shown: readonly L[] = $derived.by(() => this.matching.slice(0, this.#limit));

  constructor(query: WizardList<A, L>['query'], linesOf: (answer: A) => readonly L[]) {
    this.query = query;
    this.#linesOf = linesOf;
  }

  /** How many fit and are not on the page. */
  get hidden(): number {
    return this.matching.length - this.shown.length;
  }

  more(): void {
    this.#limit += PAGE;
  }

  /** Why nothing is shown; `null` while there are rows. */
  get emptiness(): Emptiness | null {
    if (this.matching.length > 0) return null;
    if (this.all.length > 0) return 'filtered';
    if (this.query.answer) return 'nothing';
    return this.query.error ? 'failed' : 'loading';
  }
}

/** The lines in which every word of `text` occurs. */
export function matching<L extends Found>(lines: readonly L[], text: string): readonly L[] {
  const asked = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return asked.length === 0 ? lines : lines.filter((line) => asked.every((word) => line.haystack.includes(word)));
}
