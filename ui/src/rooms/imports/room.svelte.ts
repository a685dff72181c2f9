// The list of imports: which are shown, and why there may be none.
import type { ImportList } from '../../host/contract.gen';
import type { Query } from '../../host/query.svelte';
import { linesOf, matching, type Line } from './lines';

export type Emptiness = 'failed' | 'filtered' | 'loading' | 'nothing';

/** More rows than this are not put on the page unasked. */
export const PAGE = 200;

export class ImportsRoom {
  text = $state('');
  /** The import one is on. */
  chosen = $state<string | null>(null);
  #limit = $state(PAGE);
  readonly query: Pick<Query<ImportList>, 'answer' | 'busy' | 'error' | 'refresh'>;

  readonly all: readonly Line[] = $derived.by(() => linesOf(this.query.answer?.imports ?? []));
  readonly matching: readonly Line[] = $derived.by(() => matching(this.all, this.text));
  readonly shown: readonly Line[] = $derived.by(() => this.matching.slice(0, this.#limit));

  constructor(query: ImportsRoom['query']) {
    this.query = query;
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
