// Everything a person can do, once: the palette, the shortcuts, the sheet that lists them, the context menu and the
// toolbar of the details are all made from here. What cannot be done now says why.
import type { Host } from './host/host';
import type { ConnectionRow, OfferWire, Theme } from './host/contract.gen';
import { toWireError } from './host/host';
import { isSingle } from './keys';
import type { Toasts } from './kit/toasts.svelte';
import type { Navigation } from './navigation.svelte';
import { CHANGE_ACTIONS } from './rooms/change/actions';
import type { Wanted } from './rooms/change/room.svelte';
import type { Writing } from './rooms/change/writing.svelte';
import type { InventoryRoom } from './rooms/inventory/room.svelte';
import { reasonOf } from './aspects/offering';
import { actions as words } from './words/actions';
import { change as changeWords } from './words/change';
import { destruction } from './words/destruction';
import { home } from './words/home';
import { inventory as inventoryWords } from './words/inventory';
import { handout } from './words/private';

/** What the window itself can do. */
export interface Shell {
  exportItems(references: string[]): void;
  /** Opens the export with the private key; no version means the current one. */
  exportPrivateKey(reference: string, version: string | null, name: string): void;
  /** Begins a change. */
  change(wanted: Wanted): void;
  /** Shows which changes the item that is meant can be had. */
  openChanges(): void;
  openPalette(): void;
  openShortcuts(): void;
  focusFilter(): void;
  nextRegion(step: 1 | -1): void;
  togglePeek(): void;
  toggleTree(): void;
  refresh(): void;
  setTheme(theme: Theme): void;
  toggleDensity(): void;
}

/** What an action may look at and act with. */
export interface ActionContext {
  host: Host;
  navigation: Navigation;
  inventory: InventoryRoom;
  toasts: Toasts;
  shell: Shell;
  /** The items that are meant, by reference. */
  subject: readonly string[];
  /** What may be done with the one item that is meant; `null` while that is not known. */
  offers: readonly OfferWire[] | null;
  /** What may be made in the vault in view; `null` while that is not known. */
  vaultOffers: readonly OfferWire[] | null;
  /** The connection of what is in view. */
  connection: ConnectionRow | null;
  writing: Writing;
}

export type ActionGroup = 'item' | 'change' | 'vault' | 'go' | 'view' | 'settings';

export interface Action {
  id: string;
  title: string;
  group: ActionGroup;
  /** Another menu that it is in, too. */
  alsoIn?: ActionGroup;
  keys?: string;
  /** A second shortcut for the same. */
  otherKeys?: string;
  /** Other words one may look for it by. */
  also?: string;
  /** `true`, or the sentence that says why not. */
  enabled(context: ActionContext): true | string;
  run(context: ActionContext): void | Promise<void>;
}

const always = (): true => true;

function one(context: ActionContext): true | string {
  if (context.subject.length === 0) return words.because.nothingChosen;
  return context.subject.length === 1 || words.because.oneOnly;
}

/** Whether any of the items can have something public. An item that could not be described is tried all the same. */
function withPublicPart(context: ActionContext): true | string {
  if (context.subject.length === 0) return words.because.nothingChosen;
  const none = context.subject.every((reference) => {
    const facets = context.inventory.find(reference)?.row.facets;
    return facets !== undefined && facets.length > 0 && !facets.includes('key') && !facets.includes('certificate');
  });
  return !none || words.because.nothingPublic;
}

/** Whether it is one item that may have a key. An item that could not be described is tried all the same. */
function withKey(context: ActionContext): true | string {
  const answer = one(context);
  const facets = context.inventory.find(context.subject[0] ?? '')?.row.facets;
  return answer === true && facets && facets.length > 0 && !facets.includes('key') ? words.because.noKey : answer;
}

/** Whether the one item that is meant is offered it. What was not read yet is tried. */
function offered(context: ActionContext, ask: string): true | string {
  const answer = one(context);
  const offer = context.offers?.find((candidate) => candidate.ask === ask);
  return answer === true && offer ? (reasonOf(offer) ?? true) : answer;
}

async function saveBackup({ host, inventory, toasts, subject }: ActionContext): Promise<void> {
  try {
    const { paths } = await host.ask('save_backup', { reference: subject[0] ?? '' });
    if (paths[0] !== undefined) toasts.say(handout.backup.saved(paths[0]));
  } catch (caught) {
    inventory.problem = toWireError(caught);
  }
}

/** Begins a rotation of an item, or opens the one that is under way. Nothing is changed at the place. Rejects with why not. */
export async function beginRotation({ host, navigation }: ActionContext, reference: string): Promise<void> {
  const { row } = await host.ask('begin_rotation', { reference });
  navigation.go({ room: 'rotation', rotation: row.id });
}

async function rotate(context: ActionContext): Promise<void> {
  try {
    await beginRotation(context, context.subject[0] ?? '');
  } catch (caught) {
    context.inventory.problem = toWireError(caught);
  }
}

/** Begins an import: of an item's key, into a vault, or of whatever will be chosen. Nothing is changed at a place. Rejects with why not. */
export async function beginImport({ host, navigation }: ActionContext, source: string | null, into: { connection: string; vault: string } | null = null): Promise<void> {
  const { row } = await host.ask('begin_import', { source, again: null, newMaterial: false });
  navigation.go({ room: 'import', import: row.id, into });
}

async function bring(context: ActionContext, source: string | null, into: { connection: string; vault: string } | null = null): Promise<void> {
  try {
    await beginImport(context, source, into);
  } catch (caught) {
    context.inventory.problem = toWireError(caught);
  }
}

/** Begins the destruction of items, or opens those that are under way. Nothing is changed at their places. */
async function destroy({ host, navigation, inventory, toasts, subject }: ActionContext): Promise<void> {
  try {
    const { destructions, refused } = await host.ask('begin_destruction', { references: [...subject] });
    const first = refused[0];
    if (first) inventory.problem = { ...first.error, message: `${destruction.notBegun(first.reference)}: ${first.error.message}` };
    const [one] = destructions;
    if (destructions.length === 1 && one) navigation.go({ room: 'destruction', destruction: one.row.id });
    else if (one) {
      toasts.say(destruction.begun(destructions.length));
      navigation.go({ room: 'destructions' });
    }
  } catch (caught) {
    inventory.problem = toWireError(caught);
  }
}

async function saveCalendar({ host, inventory, toasts }: ActionContext): Promise<void> {
  try {
    const { paths } = await host.ask('save_calendar', {});
    if (paths[0] !== undefined) toasts.say(home.calendar.saved(paths[0]));
  } catch (caught) {
    inventory.problem = toWireError(caught);
  }
}

async function copyPublicKey({ host, inventory, toasts, subject }: ActionContext): Promise<void> {
  try {
    const request = { references: [...subject], versions: [], format: 'spki-pem' as const, comment: null, snowflake: null };
    await host.ask('copy_export', { request });
    const name = inventory.find(subject[0] ?? '')?.row.name ?? '';
    toasts.say(subject.length === 1 ? inventoryWords.copiedKey(name) : inventoryWords.copiedKeys(subject.length));
  } catch (caught) {
    inventory.problem = toWireError(caught);
  }
}

async function copyReference({ host, inventory, toasts, subject }: ActionContext): Promise<void> {
  try {
    await host.ask('copy_text', { text: subject.join('\n') });
    toasts.say(inventoryWords.copiedReference);
  } catch (caught) {
    inventory.problem = toWireError(caught);
  }
}

const inInventory = ({ navigation }: ActionContext): true | string => navigation.here.room === 'inventory' || words.because.onlyInventory;

/** Every action, in the order it is offered. */
export const ACTIONS: readonly Action[] = [
  {
    id: 'open',
    title: words.titles.open,
    group: 'item',
    // In the list Enter is the grid's own key; here it is only shown.
    keys: 'Enter',
    enabled: one,
    run: ({ navigation, subject }) => navigation.go({ room: 'item', reference: subject[0] ?? '' }),
  },
  {
    id: 'export',
    title: words.titles.export,
    group: 'item',
    keys: 'E',
    also: words.also.export,
    enabled: withPublicPart,
    run: ({ shell, subject }) => shell.exportItems([...subject]),
  },
  {
    id: 'rotate',
    title: words.titles.rotate,
    group: 'item',
    keys: 'R',
    also: words.also.rotate,
    enabled: (context) => {
      const answer = one(context);
      return answer === true ? withPublicPart(context) : answer;
    },
    run: rotate,
  },
  // Whoever may not change a policy may still read it.
  { id: 'policy', title: words.titles.policy, group: 'item', keys: 'P', also: words.also.policy, enabled: one, run: ({ navigation, subject }) => navigation.go({ room: 'policy', reference: subject[0] ?? '' }) },
  { id: 'destroy', title: words.titles.destroy, group: 'item', alsoIn: 'change', also: words.also.destroy, enabled: ({ subject }) => subject.length > 0 || words.because.nothingChosen, run: destroy },
  { id: 'copy-public-key', title: words.titles.copyPublicKey, group: 'item', keys: 'C', enabled: withPublicPart, run: copyPublicKey },
  {
    id: 'copy-reference',
    title: words.titles.copyReference,
    group: 'item',
    keys: 'Ctrl+Shift+C',
    enabled: ({ subject }) => subject.length > 0 || words.because.nothingChosen,
    run: copyReference,
  },
  {
    id: 'export-private-key',
    title: words.titles.exportPrivateKey,
    group: 'item',
    also: words.also.exportPrivateKey,
    enabled: (context) => offered(context, 'export-private-key'),
    run: ({ shell, inventory, subject }) => {
      const reference = subject[0] ?? '';
      shell.exportPrivateKey(reference, null, inventory.find(reference)?.row.name ?? reference);
    },
  },
  {
    id: 'back-up',
    title: words.titles.backUp,
    group: 'item',
    also: words.also.backUp,
    enabled: (context) => offered(context, 'back-up'),
    run: saveBackup,
  },
  {
    id: 'pin',
    title: words.titles.pin,
    group: 'item',
    keys: '.',
    enabled: ({ subject }) => subject.length > 0 || words.because.nothingChosen,
    run: ({ inventory, subject }) => inventory.togglePins(subject),
  },
  { id: 'change', title: words.titles.change, group: 'item', also: words.also.change, enabled: one, run: ({ shell }) => shell.openChanges() },
  {
    id: 'item-activity',
    title: words.titles.itemActivity,
    group: 'item',
    enabled: one,
    run: ({ navigation, subject }) => navigation.go({ room: 'activity', reference: subject[0] ?? null }),
  },
  {
    id: 'mark',
    title: words.titles.mark,
    group: 'item',
    keys: 'X',
    enabled: (context) => (context.inventory.selection.active === null ? words.because.nothingChosen : inInventory(context)),
    run: ({ inventory }) => inventory.selection.toggle(inventory.selection.active ?? ''),
  },
  ...CHANGE_ACTIONS,
  { id: 'bring-of', title: words.titles.bringOf, group: 'change', also: words.also.bring, enabled: withKey, run: (context) => bring(context, context.subject[0] ?? null) },
  {
    id: 'bring-here',
    title: words.titles.bringHere,
    group: 'vault',
    also: words.also.bring,
    enabled: ({ inventory, navigation }) => (navigation.here.room === 'inventory' && inventory.scope?.vault != null) || changeWords.offers.vaultFirst,
    run: (context) => {
      const scope = context.inventory.scope;
      if (scope && scope.vault !== null) return bring(context, null, { connection: scope.connection, vault: scope.vault });
    },
  },
  { id: 'bring', title: words.titles.bring, group: 'go', also: words.also.bring, enabled: always, run: (context) => bring(context, null) },
  { id: 'go-home', title: words.titles.goHome, group: 'go', keys: 'G H', also: words.also.home, enabled: always, run: ({ navigation }) => navigation.go({ room: 'home' }) },
  { id: 'go-inventory', title: words.titles.goInventory, group: 'go', keys: 'G I', enabled: always, run: ({ navigation }) => navigation.go({ room: 'inventory' }) },
  { id: 'go-rotations', title: words.titles.goRotations, group: 'go', keys: 'G R', also: words.also.rotations, enabled: always, run: ({ navigation }) => navigation.go({ room: 'rotations' }) },
  { id: 'go-imports', title: words.titles.goImports, group: 'go', keys: 'G B', also: words.also.imports, enabled: always, run: ({ navigation }) => navigation.go({ room: 'imports' }) },
  { id: 'go-destructions', title: words.titles.goDestructions, group: 'go', keys: 'G D', also: words.also.destructions, enabled: always, run: ({ navigation }) => navigation.go({ room: 'destructions' }) },
  { id: 'go-activity', title: words.titles.goActivity, group: 'go', keys: 'G A', otherKeys: 'Ctrl+J', also: words.also.activity, enabled: always, run: ({ navigation }) => navigation.go({ room: 'activity', reference: null }) },
  { id: 'go-connect', title: words.titles.goConnect, group: 'go', keys: 'G C', also: words.also.connect, enabled: always, run: ({ navigation }) => navigation.go({ room: 'connect' }) },
  { id: 'go-settings', title: words.titles.goSettings, group: 'go', keys: 'G S', otherKeys: 'Ctrl+,', also: words.also.settings, enabled: always, run: ({ navigation }) => navigation.go({ room: 'settings' }) },
  {
    id: 'back',
    title: words.titles.back,
    group: 'go',
    keys: 'Alt+ArrowLeft',
    enabled: ({ navigation }) => navigation.canGoBack || words.because.noBack,
    run: ({ navigation }) => navigation.back(),
  },
  {
    id: 'forward',
    title: words.titles.forward,
    group: 'go',
    keys: 'Alt+ArrowRight',
    enabled: ({ navigation }) => navigation.canGoForward || words.because.noForward,
    run: ({ navigation }) => navigation.forward(),
  },
  { id: 'save-calendar', title: words.titles.saveCalendar, group: 'view', also: words.also.saveCalendar, enabled: always, run: saveCalendar },
  { id: 'palette', title: words.titles.palette, group: 'view', keys: 'Ctrl+K', enabled: always, run: ({ shell }) => shell.openPalette() },
  { id: 'shortcuts', title: words.titles.shortcuts, group: 'view', keys: '?', otherKeys: 'F1', also: words.also.shortcuts, enabled: always, run: ({ shell }) => shell.openShortcuts() },
  { id: 'filter', title: words.titles.filter, group: 'view', keys: 'Ctrl+F', enabled: always, run: ({ shell }) => shell.focusFilter() },
  { id: 'refresh', title: words.titles.refresh, group: 'view', keys: 'F5', enabled: always, run: ({ shell }) => shell.refresh() },
  {
    id: 'cancel',
    title: words.titles.cancel,
    group: 'view',
    keys: 'Ctrl+.',
    enabled: ({ inventory }) => inventory.listing.running || words.because.nothingRuns,
    run: ({ inventory }) => inventory.listing.cancel(),
  },
  { id: 'peek', title: words.titles.peek, group: 'view', enabled: inInventory, run: ({ shell }) => shell.togglePeek() },
  { id: 'tree', title: words.titles.tree, group: 'view', keys: 'Ctrl+B', enabled: always, run: ({ shell }) => shell.toggleTree() },
  { id: 'region-next', title: words.titles.regionNext, group: 'view', keys: 'F6', enabled: always, run: ({ shell }) => shell.nextRegion(1) },
  { id: 'region-before', title: words.titles.regionBefore, group: 'view', keys: 'Shift+F6', enabled: always, run: ({ shell }) => shell.nextRegion(-1) },
  { id: 'theme-light', title: words.titles.themeLight, group: 'settings', enabled: always, run: ({ shell }) => shell.setTheme('light') },
  { id: 'theme-dark', title: words.titles.themeDark, group: 'settings', enabled: always, run: ({ shell }) => shell.setTheme('dark') },
  { id: 'theme-system', title: words.titles.themeSystem, group: 'settings', enabled: always, run: ({ shell }) => shell.setTheme('system') },
  { id: 'density', title: words.titles.density, group: 'settings', enabled: always, run: ({ shell }) => shell.toggleDensity() },
];

/** The first keys of shortcuts of two. */
export const BEGINNINGS: ReadonlySet<string> = new Set(
  ACTIONS.flatMap(({ keys }) => (keys?.includes(' ') ? [keys.split(' ')[0] ?? ''] : [])),
);

/** The action of a shortcut. Enter is left to what has the focus; single keys may be switched off. */
export function actionFor(keys: string, singleKeys: boolean): Action | undefined {
  if (keys === 'Enter' || (!singleKeys && isSingle(keys))) return undefined;
  return ACTIONS.find((action) => action.keys === keys || action.otherKeys === keys);
}

/** Runs `action` if it is enabled; else says why not. */
export function perform(action: Action, context: ActionContext): void {
  const answer = action.enabled(context);
  if (answer === true) void action.run(context);
  else context.toasts.say(words.notNow(action.title, answer));
}
