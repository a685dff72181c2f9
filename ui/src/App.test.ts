import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import { FakeHost, type FakeChoices } from './host/fake';

beforeEach(() => {
  localStorage.clear();
  // jsdom lays nothing out; the window of rows needs a height.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900);
});

async function open(choices: FakeChoices = {}) {
  const host = new FakeHost(choices);
  render(App, { host });
  await screen.findByTestId(choices.first ? 'connect-room' : 'inventory-room');
  return host;
}

async function press(key: string, init: KeyboardEventInit = {}) {
  await fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init });
  await tick();
}

const rowOf = async (name: string) => (await within(await screen.findByRole('grid')).findByText(name)).closest<HTMLElement>('[role="row"]')!;

describe('the window', () => {
  it('begins where one connects when nothing is connected', async () => {
    await open({ first: true });
    expect(screen.queryByTestId('inventory-room')).toBeNull();
  });

  it('lists what was connected, and shows the mark and the identity of the row one is on', async () => {
    await open();
    await fireEvent.click(await rowOf('payments-sign'));
    expect(within(screen.getByTestId('top-bar')).getByText('PRODUCTION')).toBeTruthy();
    expect(screen.getByTestId('status-bar').textContent).toContain('KeyAdmin/maria');
    expect(screen.getByTestId('status-bar').textContent).toContain('Read-only');
    expect(screen.getByTestId('status-bar').textContent).toContain('1 vault denied, 3 not complete');
  });

  it('shows text from a place as text', async () => {
    await open();
    const cell = await rowOf('مفتاح-الخدمة <b>not bold</b>');
    expect(cell.querySelector('b')).toBeNull();
    expect(cell.querySelector('bdi')?.dir).toBe('auto');
  });

  it('opens an item by Enter and goes back to its row by Alt and the arrow', async () => {
    await open();
    await fireEvent.click(await rowOf('payments-sign'));
    await tick();
    await press('Enter');
    await screen.findByTestId('item-room');
    await press('ArrowLeft', { altKey: true });
    await screen.findByTestId('inventory-room');
    await vi.waitFor(() => expect(document.activeElement?.textContent).toContain('payments-sign'));
  });

  it('exports the selection by its single key, unless single keys are switched off or one is typing', async () => {
    await open({ preferences: { singleKeys: false } });
    await fireEvent.click(await rowOf('payments-sign'));
    await press('e');
    expect(screen.queryByRole('dialog')).toBeNull();
    await press(',', { ctrlKey: true });
    await fireEvent.click(await screen.findByLabelText('Single letters are shortcuts in lists'));
    await press('ArrowLeft', { altKey: true });
    await screen.findByTestId('inventory-room');
    screen.getByRole('searchbox').focus();
    await press('e');
    expect(screen.queryByRole('dialog')).toBeNull();
    await fireEvent.click(await rowOf('payments-sign'));
    await tick();
    await press('e');
    expect(await screen.findByRole('dialog')).toBeTruthy();
  });

  it('does nothing below an open dialog', async () => {
    await open();
    await fireEvent.click(await rowOf('payments-sign'));
    await press('k', { ctrlKey: true });
    await screen.findByRole('dialog');
    await press('Escape');
    await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await press('?');
    await screen.findByRole('dialog');
    await press('k', { ctrlKey: true });
    expect(screen.getAllByRole('dialog')).toHaveLength(1);
  });

  it('never lets the web view reload', async () => {
    const host = await open();
    const before = host.asked.filter(([command]) => command === 'watch_inventory').length;
    const event = new KeyboardEvent('keydown', { key: 'F5', bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(host.asked.filter(([command]) => command === 'watch_inventory')).toHaveLength(before + 1);
  });

  it('shows the item that another start asks for', async () => {
    const host = await open();
    host.navigate('payments-prod/eu-west-1/snow-etl');
    const room = await screen.findByTestId('item-room');
    expect(await within(room).findByRole('heading', { level: 1, name: /snow-etl/ })).toBeTruthy();
  });

  it('wears the theme and the density that were chosen', async () => {
    await open({ preferences: { theme: 'dark', compact: true } });
    expect({ ...document.documentElement.dataset }).toMatchObject({ theme: 'dark', density: 'compact' });
    expect((await rowOf('payments-sign')).style.height).toBe('28px');
  });

  it('lists anew after a connection was made', async () => {
    const host = await open({ first: true });
    await fireEvent.click(screen.getByTestId('open-practice'));
    await screen.findByTestId('inventory-room');
    expect(await rowOf('deploy-ssh')).toBeTruthy();
    expect(host.asked.some(([command]) => command === 'watch_inventory')).toBe(true);
  });

  it('says why one vault shows nothing', async () => {
    await open();
    await rowOf('payments-sign');
    await fireEvent.click(screen.getByRole('treeitem', { name: /us-east-1/ }));
    const room = screen.getByTestId('inventory-room');
    expect(within(room).getByText('No permission to list')).toBeTruthy();
    expect(within(room).getByText('kms:ListKeys')).toBeTruthy();
    expect(within(room).getByText('Nothing was changed.')).toBeTruthy();
  });
});

describe('home and the rotations', () => {
  const rotation = () => screen.findByTestId('rotation-room');

  it('are reached by two keys and by the tree, which counts what is under way', async () => {
    await open();
    const row = await rowOf('payments-sign');
    expect(screen.getByRole('treeitem', { name: /^Rotations/ }).textContent).toContain('2 running, 1 failed');
    await fireEvent.click(row);
    await press('g');
    await press('h');
    await screen.findByTestId('home-room');
    expect(screen.getByRole('treeitem', { name: 'Home' }).getAttribute('aria-selected')).toBe('true');
    await press('g');
    await press('r');
    await screen.findByTestId('rotations-room');
    await fireEvent.click(screen.getByRole('treeitem', { name: 'Home' }));
    await screen.findByTestId('home-room');
  });

  it('begin a rotation by one key, in the place of its connection, and list it from then on', async () => {
    const host = await open();
    await fireEvent.click(await rowOf('snow-etl'));
    await tick();
    await press('r');
    await rotation();
    expect(host.asked).toContainEqual(['begin_rotation', { reference: 'payments-prod/eu-west-1/snow-etl' }]);
    await vi.waitFor(() => expect(within(screen.getByTestId('top-bar')).getByText('PRODUCTION')).toBeTruthy());
    expect(screen.getByRole('treeitem', { name: /^Rotations/ }).textContent).toContain('3 running');
    expect(screen.getByRole('treeitem', { name: /^Rotations/ }).getAttribute('aria-selected')).toBe('true');
  });

  it('lead to what they name and back to it', async () => {
    await open();
    await rowOf('payments-sign');
    await fireEvent.click(screen.getByRole('treeitem', { name: /^Rotations/ }));
    const room = await screen.findByTestId('rotations-room');
    const row = (await within(room).findByText('oidc-signing')).closest<HTMLElement>('[role="row"]')!;
    row.focus();
    await fireEvent.keyDown(row, { key: 'Enter' });
    await rotation();
    await press('ArrowLeft', { altKey: true });
    await screen.findByTestId('rotations-room');
    await vi.waitFor(() => expect(document.activeElement?.textContent).toContain('oidc-signing'));
  });

  it('show everything of a list in the inventory, by the filter that made it', async () => {
    await open();
    await rowOf('payments-sign');
    await fireEvent.click(screen.getByRole('treeitem', { name: 'Home' }));
    const part = await screen.findByTestId('part-expiring');
    const named = within(part).getAllByRole('listitem').map((one) => one.querySelector('bdi')?.textContent);
    await fireEvent.click(within(part).getByRole('button', { name: /^Show all/ }));
    await screen.findByTestId('inventory-room');
    expect((screen.getByRole('searchbox') as HTMLInputElement).value).toBe('expires<90d');
    expect(screen.getByTestId('row-count').textContent).toContain(`${named.length} of`);
    for (const name of named) expect(await rowOf(name!)).toBeTruthy();
  });

  it('say what could not be done where one is', async () => {
    const host = await open();
    await rowOf('payments-sign');
    await fireEvent.click(screen.getByRole('treeitem', { name: 'Home' }));
    const room = await screen.findByTestId('home-room');
    vi.spyOn(host, 'ask').mockRejectedValueOnce({ kind: 'unexpected', operation: 'save the calendar', message: 'The disk is full.', changed: { is: 'nothing' }, next: 'Make room.', permission: null, refusedBy: null, requestId: null });
    await fireEvent.click(within(room).getByRole('button', { name: 'Save calendar (.ics)…' }));
    expect(await screen.findByText('The disk is full.')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByText('The disk is full.')).toBeNull();
  });

  it('filter their own table by Ctrl and F', async () => {
    await open();
    await rowOf('payments-sign');
    await fireEvent.click(screen.getByRole('treeitem', { name: /^Rotations/ }));
    await screen.findByTestId('rotations-room');
    await press('f', { ctrlKey: true });
    await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Filter the rotations'));
  });
});

describe('the imports', () => {
  it('are reached by two keys and by the tree, which counts what is under way', async () => {
    await open();
    const row = await rowOf('payments-sign');
    const node = () => screen.getByRole('treeitem', { name: /^Imports/ });
    expect(node().textContent).toContain('1 running');
    await fireEvent.click(row);
    await press('g');
    await press('b');
    const room = await screen.findByTestId('imports-room');
    await press('f', { ctrlKey: true });
    await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Filter the imports'));
    await fireEvent.click(within(room).getByTestId('bring'));
    await screen.findByTestId('import-room');
    expect(node().getAttribute('aria-selected')).toBe('true');
    await vi.waitFor(() => expect(node().textContent).toContain('2 running'));
  });

  it('begin at an item’s head, and in the place of the target once that is settled', async () => {
    const host = await open();
    await fireEvent.click(await rowOf('orders-transit'));
    await tick();
    await press('Enter');
    await fireEvent.click(await screen.findByTestId('item-bring'));
    await screen.findByTestId('import-room');
    expect(host.asked).toContainEqual(['begin_import', { source: 'vault-prod/transit/orders-transit', again: null, newMaterial: false }]);
    await fireEvent.click(screen.getByRole('treeitem', { name: /^Imports/ }));
    const room = await screen.findByTestId('imports-room');
    await fireEvent.click((await within(room).findAllByText('AES-256 to eu-west-1'))[0]!);
    await screen.findByTestId('import-room');
    await vi.waitFor(() => expect(within(screen.getByTestId('top-bar')).getByText('PRODUCTION')).toBeTruthy());
  });
});

describe('a change', () => {
  const button = (name: string) => screen.findByRole('button', { name });

  it('goes from the item through its plan to its undo, and is allowed on the way', async () => {
    const host = await open();
    await fireEvent.click(await rowOf('payments-sign'));
    await tick();
    await press('Enter');
    await screen.findByTestId('item-room');
    await fireEvent.click(await button('Change…'));
    await fireEvent.click(await screen.findByRole('menuitem', { name: 'Disable…' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect((await dialog.findByRole('button', { name: 'Disable' })).getAttribute('aria-disabled')).toBe('true');
    await fireEvent.click(dialog.getByRole('button', { name: 'Allow changes for 15 minutes' }));
    await vi.waitFor(() => expect(dialog.getByRole('button', { name: 'Disable' }).getAttribute('aria-disabled')).toBeNull());
    expect(screen.getByTestId('write-band').textContent).toContain('payments-prod');
    await fireEvent.click(dialog.getByRole('button', { name: 'Disable' }));
    await fireEvent.click(await dialog.findByRole('button', { name: 'Undo' }));
    await fireEvent.click(await dialog.findByRole('button', { name: 'Enable' }));
    await vi.waitFor(() => expect(screen.getByTestId('outcome').dataset['state']).toBe('done'));
    expect(host.asked.filter(([command]) => command === 'confirm_change')).toHaveLength(2);
    // The item behind it was read afresh, with what may be done now.
    await vi.waitFor(() => expect(within(screen.getByTestId('item-room')).getByText('Enabled')).toBeTruthy());
  });

  it('whose outcome is not known is counted in view until it is settled', async () => {
    await open();
    await vi.waitFor(() => expect(screen.getByTestId('unsettled').textContent).toContain('2 unsettled'));
    await fireEvent.click(screen.getByTestId('unsettled'));
    const room = within(await screen.findByTestId('activity-room'));
    await fireEvent.click((await room.findAllByRole('row')).find((one) => one.textContent?.includes('Disable snow-etl'))!);
    await fireEvent.click(await room.findByRole('button', { name: 'Check now' }));
    await vi.waitFor(() => expect(screen.getByTestId('unsettled').textContent).toContain('1 unsettled'));
  });

  it('begins at a vault, from its menu in the tree', async () => {
    await open();
    await rowOf('payments-sign');
    await fireEvent.contextMenu(screen.getByRole('treeitem', { name: /^eu-west-1/ }));
    await vi.waitFor(() => expect(screen.getByRole('menuitem', { name: /New secret…/ }).getAttribute('aria-disabled')).toBe('true'));
    await fireEvent.click(screen.getByRole('menuitem', { name: /New key…/ }));
    expect(await screen.findByRole('heading', { level: 2, name: 'Create key in eu-west-1' })).toBeTruthy();
  });

  it('is allowed through the connection in view by its key, and no longer by the same', async () => {
    await open();
    await fireEvent.click(await rowOf('payments-sign'));
    await press('R', { ctrlKey: true, shiftKey: true });
    await screen.findByTestId('write-band');
    expect(screen.getByTestId('mode').textContent).toContain('Changes allowed');
    await press('R', { ctrlKey: true, shiftKey: true });
    await vi.waitFor(() => expect(screen.queryByTestId('write-band')).toBeNull());
  });
});
