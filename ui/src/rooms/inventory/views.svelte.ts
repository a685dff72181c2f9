// Filters with a name: those that come with Claviger, and those a person saved.
import { remember, remembered } from '../../remembered';
import { inventory as words } from '../../words/inventory';

export interface View {
  name: string;
  filter: string;
  /** Whether a person saved it, and may remove it. */
  own: boolean;
}

const GIVEN: readonly View[] = [
  { name: words.views.pinned, filter: 'is:pinned', own: false },
  { name: words.views.expiring, filter: 'expires<30d', own: false },
  { name: words.views.old, filter: 'age>400d', own: false },
  { name: words.views.notEnabled, filter: '-state:enabled', own: false },
  { name: words.views.trouble, filter: 'is:trouble', own: false },
];

export class Views {
  #own = $state.raw<readonly View[]>(remembered('views', areViews, []));

  get all(): readonly View[] {
    return [...GIVEN, ...this.#own];
  }

  /** Keeps `filter` under `name`; a view of the same name is replaced. */
  save(name: string, filter: string): void {
    this.keep([...this.#own.filter((view) => view.name !== name), { name, filter, own: true }]);
  }

  remove(name: string): void {
    this.keep(this.#own.filter((view) => view.name !== name));
  }

  private keep(own: readonly View[]): void {
    this.#own = own;
    remember('views', own);
  }
}

function areViews(value: unknown): value is View[] {
  return Array.isArray(value) && value.every((view) => typeof view?.name === 'string' && typeof view.filter === 'string' && view.own === true);
}
