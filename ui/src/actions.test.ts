import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTIONS, actionFor, BEGINNINGS, perform, type ActionContext, type Shell } from './actions';
import { FakeHost } from './host/fake';
import { Chords, isSingle, pressed } from './keys';
import { Toasts } from './kit/toasts.svelte';
import { Navigation } from './navigation.svelte';
import { ItemOffers } from './rooms/change/offers.svelte';
import { Writing } from './rooms/change/writing.svelte';
import { InventoryRoom } from './rooms/inventory/room.svelte';
import { choicesFor } from './rooms/palette/search';

let host: FakeHost;
let context: ActionContext;
const shell = () =>
  Object.fromEntries(
    ['exportItems', 'change', 'openChanges', 'openPalette', 'openShortcuts', 'focusFilter', 'nextRegion', 'togglePeek', 'toggleTree', 'refresh', 'setTheme', 'toggleDensity'].map((name) => [name, vi.fn()]),
  ) as unknown as Shell;

beforeEach(async () => {
  host = new FakeHost();
  const inventory = new InventoryRoom(host);
  inventory.connected((await host.ask('list_connections', {})).connections);
  await vi.waitFor(() => expect(inventory.listing.running).toBe(false));
  context = { host, navigation: new Navigation(), inventory, toasts: new Toasts(), shell: shell(), subject: [], offers: null, vaultOffers: null, connection: null, writing: new Writing(host) };
});

const action = (id: string) => ACTIONS.find((one) => one.id === id)!;
const named = (name: string) => context.inventory.listing.entries.find(({ row }) => row.name === name)!.row.ref;

describe('the registry of actions', () => {
  it('has no shortcut twice, and every action its own name', () => {
    const keys = ACTIONS.flatMap((one) => [one.keys, one.otherKeys]).filter(Boolean);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(ACTIONS.map((one) => one.id)).size).toBe(ACTIONS.length);
    // The first key of two must not be a shortcut itself: it would never fire.
    expect(keys.filter((one) => BEGINNINGS.has(one!))).toEqual([]);
  });

  it('gives a reason for whatever cannot be done', () => {
    for (const one of ACTIONS) {
      const answer = one.enabled(context);
      if (answer !== true) expect(answer, one.id).toMatch(/\.$/);
    }
    expect(action('export').enabled(context)).not.toBe(true);
  });

  it('offers an export only where something public may be', () => {
    context.subject = [named('billing/db-root')];
    expect(action('export').enabled(context)).toMatch(/neither a key nor a certificate/);
    context.subject = [named('billing/db-root'), named('payments-sign')];
    expect(action('export').enabled(context)).toBe(true);
    // What could not be described is tried: only the place knows.
    context.subject = ['payments-prod/eu-west-1/mrk-4f9a1c2e7d8b4e0fa1b2c3d4e5f60718'];
    expect(action('export').enabled(context)).toBe(true);
  });

  it('says why instead of doing what cannot be done', () => {
    perform(action('export'), context);
    expect(context.shell.exportItems).not.toHaveBeenCalled();
    expect(context.toasts.notices[0]?.text).toContain('Choose an item first.');
  });

  it('copies the public key as SPKI PEM', async () => {
    context.subject = [named('payments-sign')];
    await action('copy-public-key').run(context);
    expect(host.asked.at(-1)).toEqual(['copy_export', { request: expect.objectContaining({ format: 'spki-pem', references: context.subject }) }]);
    expect(context.toasts.notices[0]?.text).toContain('payments-sign');
  });

  it('keeps a failed copy in view, not only in a notice', async () => {
    context.subject = [named('orders-transit')];
    await action('copy-public-key').run(context);
    expect(context.inventory.problem?.message).toContain('symmetric');
    expect(context.toasts.notices).toEqual([]);
  });
});

describe('a rotation', () => {
  it('is begun by its own key, of one item that has something to rotate, and is told apart from the change of one call', async () => {
    expect(actionFor('R', true)?.id).toBe('rotate');
    expect(action('rotate').title).not.toBe(action('change rotate').title);
    expect(action('rotate').enabled(context)).toBe('Choose an item first.');
    context.subject = [named('payments-sign'), named('snow-etl')];
    expect(action('rotate').enabled(context)).toBe('Works on one item at a time.');
    context.subject = [named('billing/db-root')];
    expect(action('rotate').enabled(context)).toMatch(/neither a key nor a certificate/);
    context.subject = [named('snow-etl')];
    expect(action('rotate').enabled(context)).toBe(true);
    await action('rotate').run(context);
    expect(context.navigation.here).toEqual({ room: 'rotation', rotation: host.rotations.list().find((row) => row.name === 'snow-etl')?.id });
    // Once more leads to the same one.
    const { here } = context.navigation;
    context.navigation.go({ room: 'inventory' });
    await action('rotate').run(context);
    expect(context.navigation.here).toEqual(here);
  });

  it('that could not be begun says why, and leads nowhere', async () => {
    context.subject = ['payments-prod/eu-west-1/gone'];
    await action('rotate').run(context);
    expect(context.inventory.problem?.kind).toBe('not-found');
    expect(context.navigation.here.room).toBe('inventory');
  });
});

describe('an import', () => {
  it('is begun of nothing, of one item that may have a key, or in the vault in view', async () => {
    await action('bring').run(context);
    expect(host.asked.at(-1)).toEqual(['begin_import', { source: null, again: null, newMaterial: false }]);
    expect(context.navigation.here).toEqual({ room: 'import', import: host.imports.list().find((row) => row.title === 'A key')?.id, into: null });
    expect(action('bring-of').enabled(context)).toBe('Choose an item first.');
    context.subject = [named('billing/db-root')];
    expect(action('bring-of').enabled(context)).toBe('There is no key in it.');
    context.subject = [named('orders-transit')];
    expect(action('bring-of').enabled(context)).toBe(true);
    await action('bring-of').run(context);
    expect(host.asked.at(-1)).toEqual(['begin_import', { source: 'vault-prod/transit/orders-transit', again: null, newMaterial: false }]);
    context.navigation.go({ room: 'inventory' });
    expect(action('bring-here').enabled(context)).toMatch(/vault/);
    context.inventory.look({ connection: 'vault-prod', vault: 'transit' });
    expect(action('bring-here').enabled(context)).toBe(true);
    await action('bring-here').run(context);
    expect(context.navigation.here).toMatchObject({ room: 'import', into: { connection: 'vault-prod', vault: 'transit' } });
  });

  it('that could not be begun says why, and leads nowhere', async () => {
    context.subject = ['payments-prod/eu-west-1/gone'];
    await action('bring-of').run(context);
    expect(context.inventory.problem?.kind).toBe('not-found');
    expect(context.navigation.here.room).toBe('inventory');
  });
});

describe('the calendar', () => {
  it('is saved where the person says; one who changes their mind is told nothing', async () => {
    await action('save-calendar').run(context);
    expect(context.toasts.notices[0]?.text).toContain('/home/maria/claviger.ics');
    context.toasts.dismiss(context.toasts.notices[0]!.id);
    vi.spyOn(host, 'ask').mockResolvedValueOnce({ paths: [] });
    await action('save-calendar').run(context);
    expect([context.toasts.notices, context.inventory.problem]).toEqual([[], null]);
  });
});

describe('shortcuts', () => {
  const key = (init: KeyboardEventInit) => pressed(new KeyboardEvent('keydown', init));

  it('are read from key presses as they are written', () => {
    expect([
      key({ key: 'e' }),
      key({ key: '?', shiftKey: true }),
      key({ key: 'k', ctrlKey: true }),
      key({ key: 'k', metaKey: true }),
      key({ key: 'C', ctrlKey: true, shiftKey: true }),
      key({ key: 'ArrowLeft', altKey: true }),
      key({ key: 'F6', shiftKey: true }),
      key({ key: 'E', shiftKey: true }),
    ]).toEqual(['E', '?', 'Ctrl+K', 'Ctrl+K', 'Ctrl+Shift+C', 'Alt+ArrowLeft', 'Shift+F6', 'Shift+E']);
  });

  it('find their action, and single ones only while they are switched on', () => {
    expect(actionFor('E', true)?.id).toBe('export');
    expect(actionFor('E', false)).toBeUndefined();
    expect(actionFor('G I', false)).toBeUndefined();
    expect(actionFor('Ctrl+K', false)?.id).toBe('palette');
    expect(actionFor('F1', false)?.id).toBe('shortcuts');
    expect(actionFor('Enter', true)).toBeUndefined();
    expect([isSingle('?'), isSingle('G I'), isSingle('F5'), isSingle('Ctrl+.')]).toEqual([true, true, false, false]);
  });

  it('of two keys wait for the second, and not for ever', () => {
    vi.useFakeTimers();
    const chords = new Chords();
    expect([chords.press('G', BEGINNINGS), chords.press('I', BEGINNINGS)]).toEqual([null, 'G I']);
    chords.press('G', BEGINNINGS);
    vi.advanceTimersByTime(2000);
    expect(chords.press('E', BEGINNINGS)).toBe('E');
    vi.useRealTimers();
  });
});

describe('the palette', () => {
  it('offers everything, and keeps what cannot be run with its reason', () => {
    const all = choicesFor('', context);
    // Changes are many: before anything is typed, only those that can be had.
    expect(all).toHaveLength(ACTIONS.filter((one) => one.group !== 'change').length);
    expect(all.find((one) => one.id === 'export')?.reason).toBe('Choose an item first.');
  });

  it('finds actions by other words, and items by name', () => {
    expect(choicesFor('snowflake', context)[0]?.id).toBe('export');
    const found = choicesFor('payments-s', context).find((one) => one.id.startsWith('item '));
    expect(found?.title).toBe('payments-sign');
    found?.run();
    expect(context.navigation.here).toEqual({ room: 'item', reference: named('payments-sign') });
  });

  it('opens what an address names, though it is in no list', () => {
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd';
    const found = choicesFor(` ${arn} `, context).find((choice) => choice.id === 'address');
    found?.run();
    expect(context.navigation.here).toEqual({ room: 'item', reference: arn });
    for (const text of ['snowflake', 'two words/x', '/x', 'x:']) {
      expect(choicesFor(text, context).some((choice) => choice.id === 'address'), text).toBe(false);
    }
  });
});

describe('the order of the palette', () => {
  it('puts an item that is named so before actions that only hold the letters', () => {
    const ids = choicesFor('sn', context).map((one) => one.id);
    const item = ids.findIndex((id) => id.startsWith('item '));
    expect(item).toBeGreaterThan(ids.indexOf('export'));
    expect(item).toBeLessThan(ids.indexOf('region-before'));
  });
});

describe('the way back', () => {
  it('leads through where one was, and forward again until one turns off', () => {
    const { navigation } = context;
    navigation.go({ room: 'item', reference: 'a' });
    navigation.go({ room: 'item', reference: 'a' });
    navigation.go({ room: 'settings' });
    navigation.back();
    expect(navigation.here).toEqual({ room: 'item', reference: 'a' });
    navigation.back();
    expect([navigation.here.room, navigation.canGoBack, navigation.canGoForward]).toEqual(['inventory', false, true]);
    navigation.go({ room: 'rotation', rotation: 'a' });
    navigation.go({ room: 'rotation', rotation: 'b' });
    navigation.back();
    expect(navigation.here).toEqual({ room: 'rotation', rotation: 'a' });
    navigation.back();
    navigation.forward();
    navigation.go({ room: 'connect' });
    expect(navigation.canGoForward).toBe(false);
  });
});

describe('the changes among the actions', () => {
  const offers = (reference: string) => host.changes.offers(context.inventory.find(reference)!.row);
  beforeEach(() => {
    context.subject = [named('payments-sign')];
    context.offers = offers(named('payments-sign'));
  });

  it('are what the place offers, and say why not with the missing permission', () => {
    expect(action('change disable').enabled(context)).toBe(true);
    expect(action('change enable').enabled(context)).toBe('It is enabled already.');
    expect(action('change rotate').enabled(context)).toBe('Role KeyAdmin may not rotate this key. Needs kms:RotateKeyOnDemand.');
    // Only trying will tell.
    expect(action('change retire-grant').enabled(context)).toBe(true);
    context.offers = null;
    expect(action('change rotate').enabled(context)).toBe(true);
    context.subject = [named('payments-sign'), named('snow-etl')];
    expect(action('change disable').enabled(context)).toBe('Works on one item at a time.');
  });

  it('begin with the item or the vault that is meant', () => {
    void action('change disable').run(context);
    expect(context.shell.change).toHaveBeenCalledWith({ ask: 'disable', target: { is: 'item', reference: named('payments-sign') }, name: 'payments-sign', about: null });
    expect(action('change create-key').enabled(context)).toBe('Choose a vault in the tree first.');
    context.inventory.look({ connection: 'payments-prod', vault: 'eu-west-1' });
    context.vaultOffers = host.changes.vaultOffers({ connection: 'payments-prod', vault: 'eu-west-1' });
    expect([action('change create-key').enabled(context), action('change create-secret').enabled(context)]).toEqual([true, 'No secrets are kept here.']);
    void action('change create-key').run(context);
    expect(context.shell.change).toHaveBeenLastCalledWith(expect.objectContaining({ target: { is: 'vault', connection: 'payments-prod', vault: 'eu-west-1' } }));
  });

  it('have no single key', () => {
    const keys = ACTIONS.filter((one) => one.group === 'change' && one.keys).map((one) => one.id);
    expect(keys).toEqual([]);
  });

  it('are listed in the palette where they can be had, and found with their reason otherwise', () => {
    const ids = (text: string) => choicesFor(text, context).map((one) => one.id);
    expect(ids('')).toContain('change disable');
    expect(ids('')).not.toContain('change rotate');
    expect(choicesFor('rotate', context).find((one) => one.id === 'change rotate')?.reason).toContain('kms:RotateKeyOnDemand');
  });

  it('are allowed and forbidden again by one key', async () => {
    expect(action('write-mode').enabled(context)).toMatch(/first\.$/);
    context.connection = context.inventory.connectionOf('payments-prod')!;
    await action('write-mode').run(context);
    expect(context.writing.open).toEqual(['payments-prod']);
    await action('write-mode').run(context);
    expect(context.writing.open).toEqual([]);
    expect(host.asked.filter(([command]) => command === 'set_write_mode').map(([, request]) => request)).toEqual([
      { connection: 'payments-prod', on: true },
      { connection: 'payments-prod', on: false },
    ]);
    context.writing.leave();
  });
});

describe('what may be done with an item', () => {
  it('is read once when somebody asks, and again after something was changed', async () => {
    const offers = new ItemOffers(host);
    const reference = named('payments-sign');
    const reads = () => host.asked.filter(([command]) => command === 'open_item').length;
    const before = reads();
    void offers.look(reference);
    await offers.look(reference);
    await vi.waitFor(() => expect(offers.of(reference)?.length).toBeGreaterThan(0));
    await offers.look(reference);
    expect(reads() - before).toBe(1);
    expect(offers.of(named('snow-etl'))).toBeNull();
    offers.forget();
    expect(offers.of(reference)).toBeNull();
  });

  it('is told to be unread where it could not be read', async () => {
    const offers = new ItemOffers(host);
    await offers.look('nowhere/vault/item');
    expect([offers.of('nowhere/vault/item'), offers.failed('nowhere/vault/item'), offers.failed('other')]).toEqual([null, true, false]);
  });
});
