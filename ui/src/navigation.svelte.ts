// Where the person is, and how they got there: one history for buttons, mouse and Alt with the arrows.
import { getContext, setContext } from 'svelte';

/** A place in the window. */
export type Place =
  | { room: 'inventory' }
  | { room: 'connect' }
  | { room: 'item'; reference: string }
  /** The policies of an item. */
  | { room: 'policy'; reference: string }
  /** The journal; with a reference, only what is about that item. */
  | { room: 'activity'; reference: string | null }
  | { room: 'destruction'; destruction: string }
  | { room: 'destructions' }
  | { room: 'rotation'; rotation: string }
  | { room: 'rotations' }
  /** An import; with the vault that it was begun from, if it was begun from one. */
  | { room: 'import'; import: string; into: { connection: string; vault: string } | null }
  | { room: 'imports' }
  | { room: 'home' }
  | { room: 'settings' };

/** How many steps back are kept. */
const DEPTH = 100;

export class Navigation {
  here = $state.raw<Place>({ room: 'inventory' });
  /** What F5 does in the room in view. A room sets it when it comes, and clears it when it goes. */
  refresh: (() => void) | null = null;
  #before = $state.raw<readonly Place[]>([]);
  #after = $state.raw<readonly Place[]>([]);

  get canGoBack(): boolean {
    return this.#before.length > 0;
  }

  get canGoForward(): boolean {
    return this.#after.length > 0;
  }

  /** Goes to `place`. Going to where one already is leaves no trace. */
  go(place: Place): void {
    if (same(place, this.here)) return;
    this.#before = [...this.#before, this.here].slice(-DEPTH);
    this.#after = [];
    this.here = place;
  }

  back(): void {
    const last = this.#before.at(-1);
    if (!last) return;
    this.#before = this.#before.slice(0, -1);
    this.#after = [this.here, ...this.#after];
    this.here = last;
  }

  forward(): void {
    const [next, ...rest] = this.#after;
    if (!next) return;
    this.#after = rest;
    this.#before = [...this.#before, this.here];
    this.here = next;
  }
}

function same(a: Place, b: Place): boolean {
  if (a.room !== b.room) return false;
  const about = (place: Place) => ('reference' in place ? place.reference : 'rotation' in place ? place.rotation : 'import' in place ? place.import : 'destruction' in place ? place.destruction : null);
  return about(a) === about(b);
}

/** The key of the navigation among Svelte's contexts; tests hand one in by it. */
export const NAVIGATION = Symbol('navigation');

/** The navigation of the window this component is in. Call it while the component is being set up. */
export function navigationContext(): Navigation {
  return getContext<Navigation>(NAVIGATION);
}

export function provideNavigation(navigation: Navigation): void {
  setContext(NAVIGATION, navigation);
}
