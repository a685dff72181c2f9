// The window itself: which panes and layers are open, where the focus can go, and what a key press does.
import { tick } from 'svelte';
import { ACTIONS, actionFor, BEGINNINGS, perform, type ActionContext, type Shell } from '../actions';
import type { Format, Preferences, Theme } from '../host/contract.gen';
import { toWireError, type Host } from '../host/host';
import { Chords, isTyping, pressed } from '../keys';
import type { Navigation } from '../navigation.svelte';
import { isNumber, remember, remembered } from '../remembered';
import type { Wanted } from '../rooms/change/room.svelte';
import type { InventoryRoom } from '../rooms/inventory/room.svelte';

/** What lies over the rooms. */
export type Layer =
  | { is: 'change'; wanted: Wanted }
  | { is: 'export'; references: string[]; versions: string[]; format: Format | null }
  | { is: 'menu'; of: 'change' | 'item' | 'vault'; at: { x: number; y: number } }
  | { is: 'palette' }
  | { is: 'private-key'; reference: string; version: string | null; name: string }
  | { is: 'shortcuts' };

/** A part of the window that F6 goes through. */
export interface Region {
  name: string;
  focus: () => void;
}

/** The rooms with a table that is filtered. */
const FILTERED: readonly string[] = ['inventory', 'rotations', 'imports', 'activity'];

/** Below this width there is no room for details beside the list. */
const NARROW = 960;

export class WindowState implements Shell {
  layer = $state.raw<Layer | null>(null);
  treeOpen = $state(true);
  treeSize = $state(remembered('tree', isNumber, 240));
  peekSize = $state(remembered('peek', isNumber, 288));
  #peekWanted = $state(true);
  /** The regions in view, in the order of F6; the shell sets it. */
  regions: () => Region[] = () => [];
  /** Puts the focus in the filter; the shell sets it. */
  filter: () => void = () => undefined;
  /** The window's width in pixels. */
  width = $state(NARROW);
  readonly peekOpen = $derived(this.#peekWanted && this.width >= NARROW);

  readonly #host: Host;
  readonly #navigation: Navigation;
  readonly #inventory: InventoryRoom;
  readonly #preferences: () => Preferences | null;
  /** Where the last menu was: the next one follows from it. */
  #menuAt: { x: number; y: number } | null = null;
  readonly #chords = new Chords();

  constructor(host: Host, navigation: Navigation, inventory: InventoryRoom, preferences: () => Preferences | null) {
    this.#host = host;
    this.#navigation = navigation;
    this.#inventory = inventory;
    this.#preferences = preferences;
  }

  exportItems(references: string[], versions: string[] = [], format: Format | null = null): void {
    this.layer = { is: 'export', references, versions, format };
  }

  exportPrivateKey(reference: string, version: string | null, name: string): void {
    this.layer = { is: 'private-key', reference, version, name };
  }

  change(wanted: Wanted): void {
    this.layer = { is: 'change', wanted };
  }

  /** Opens a menu of the item that is meant, of its changes, or of the part of the tree in view. */
  openMenu(at: { x: number; y: number }, of: 'change' | 'item' | 'vault' = 'item'): void {
    this.#menuAt = at;
    this.layer = { is: 'menu', of, at };
  }

  openChanges(): void {
    this.openMenu(this.#menuAt ?? { x: this.width / 2 - 140, y: 120 }, 'change');
  }

  openPalette(): void {
    this.layer = { is: 'palette' };
  }

  openShortcuts(): void {
    this.layer = { is: 'shortcuts' };
  }

  close(): void {
    this.layer = null;
  }

  async focusFilter(): Promise<void> {
    // A room without a table of its own leads to the one of everything.
    if (!FILTERED.includes(this.#navigation.here.room)) this.#navigation.go({ room: 'inventory' });
    await tick();
    this.filter();
  }

  nextRegion(step: 1 | -1): void {
    const regions = this.regions();
    const name = document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
    const at = regions.findIndex((region) => region.name === name);
    const next = at < 0 ? 0 : (at + step + regions.length) % regions.length;
    regions[next]?.focus();
  }

  togglePeek(): void {
    this.#peekWanted = !this.#peekWanted;
  }

  toggleTree(): void {
    this.treeOpen = !this.treeOpen;
  }

  refresh(): void {
    if (this.#navigation.here.room === 'inventory') void this.#inventory.listing.start();
    else this.#navigation.refresh?.();
  }

  setTheme(theme: Theme): void {
    void this.keep({ theme });
  }

  toggleDensity(): void {
    void this.keep({ compact: !this.#preferences()?.compact });
  }

  keepSizes(): void {
    remember('tree', this.treeSize);
    remember('peek', this.peekSize);
  }

  /** Runs the action of that name, or says why not. */
  run(id: string, context: ActionContext): void {
    const action = ACTIONS.find((one) => one.id === id);
    if (action) perform(action, context);
  }

  /** The two side buttons of a mouse. */
  click(event: MouseEvent): void {
    if (event.button === 3) this.#navigation.back();
    else if (event.button === 4) this.#navigation.forward();
    else return;
    event.preventDefault();
  }

  /** Runs the action of a key press, if it is one here and now. */
  press(event: KeyboardEvent, context: ActionContext): void {
    // The web view's own reload would throw away everything that was listed.
    const reloads = event.key === 'F5' || (event.ctrlKey && event.key.toLowerCase() === 'r');
    if (reloads) event.preventDefault();
    if (event.defaultPrevented && !reloads) return;
    if (this.layer !== null || document.querySelector('[role="dialog"], [role="menu"]')) return;
    if (['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)) return;
    const key = pressed(event);
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey && key.replace('Shift+', '').length === 1;
    if (bare && isTyping(event.target)) return;
    const singleKeys = this.#preferences()?.singleKeys ?? true;
    const keys = this.#chords.press(key, singleKeys ? BEGINNINGS : new Set());
    const action = keys === null ? undefined : actionFor(keys, singleKeys);
    if (!action) return;
    event.preventDefault();
    perform(action, context);
  }

  private async keep(change: Partial<Preferences>): Promise<void> {
    const now = this.#preferences();
    if (!now) return;
    try {
      await this.#host.ask('set_preferences', { preferences: { ...now, ...change } });
    } catch (caught) {
      this.#inventory.problem = toWireError(caught);
    }
  }
}
