import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { AppState, ItemWire } from '../../host/contract.gen';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { appState, hostWith, itemOf, wireError } from '../test-host';
import { Writing, WRITING } from '../change/writing.svelte';
import Room from './Room.svelte';

async function show(item: ItemWire | Promise<never>, state: AppState = appState(), more: { onrotate?: (reference: string) => unknown; onbring?: (reference: string) => unknown } = {}) {
  const host = hostWith({
    open_item: () => item,
    copy_text: () => ({ clearsAfter: null }),
    list_consumers: () => ({ consumers: [], found: [], definition: null, profiles: [] }),
    consumer_kinds: () => ({ kinds: [] }),
  });
  const onexport = vi.fn();
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, new Navigation()], [TOASTS, new Toasts()], [WRITING, new Writing(host)]]);
  const onchange = vi.fn();
  render(Room, { props: { reference: 'home/cellar/sign', state, mark: null, onexport, onprivate: vi.fn(), onchange, onmenu: vi.fn(), onopened: vi.fn(), ...more }, context });
  await vi.waitFor(() => expect(screen.queryByRole('tablist') ?? screen.queryByRole('alert')).not.toBeNull());
  return { host, onexport, onchange };
}

describe('the tabs of an item', () => {
  it('keep a closed facet reachable, closed, and telling its permission', async () => {
    const { host } = await show(itemOf());
    const tab = screen.getByRole('tab', { name: 'Secret' });
    expect(tab.getAttribute('aria-disabled')).toBe('true');
    expect(tab.hasAttribute('disabled')).toBe(false);
    expect(tab.title).toContain('cellar:ReadSecret');

    const overview = screen.getByRole('tab', { name: 'Overview' });
    overview.focus();
    for (const name of ['Certificate', 'Key', 'Secret']) {
      await fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowRight' });
      expect(document.activeElement).toBe(screen.getByRole('tab', { name }));
    }
    const reason = screen.getByTestId('grey-reason');
    expect(reason.textContent).toContain('The role may not read values.');
    expect(within(reason).getByText('cellar:ReadSecret')).toBeTruthy();
    expect(tab.getAttribute('aria-selected')).toBe('false');
    expect(screen.queryByTestId('secret-value')).toBeNull();
    await fireEvent.click(within(reason).getByRole('button'));
    expect(host.asked.at(-1)).toEqual(['copy_text', { text: 'cellar:ReadSecret' }]);
  });

  it('say why a facet is not there', async () => {
    await show(itemOf());
    await fireEvent.click(screen.getByRole('tab', { name: 'Certificate' }));
    expect(screen.getByTestId('grey-reason').textContent).toContain('This key has no certificate.');
  });
});

describe('an item', () => {
  it('shows markup in names as text', async () => {
    const name = '<img src=x onerror=alert(1)> \u202egnp';
    await show(itemOf({ row: { ...itemOf().row, name } }));
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(name);
    expect(document.querySelector('img')).toBeNull();
  });

  it('names the reason where nothing can be exported', async () => {
    const offers = [{ ask: 'export-public-key', changes: false, allowed: false, because: 'A symmetric key has no public part.', permission: null }];
    const { onexport } = await show(itemOf({ offers }));
    const button = screen.getByRole('button', { name: 'Export…' });
    expect(button.title).toBe('A symmetric key has no public part.');
    await fireEvent.click(button);
    expect(onexport).not.toHaveBeenCalled();
  });

  it('that cannot be opened says what happened, what was changed and what to do', async () => {
    await show(Promise.reject(wireError({ permission: 'cellar:Open' })));
    const alert = screen.getByRole('alert');
    for (const words of ['The service refused.', 'Nothing was changed.', 'Ask for the permission.', 'cellar:Open']) {
      expect(alert.textContent).toContain(words);
    }
  });

  it('exports the versions that were chosen', async () => {
    const version = (id: string, hasPublicKey: boolean) => ({ id, state: 'enabled', created: null, expires: null, current: id === '3', hasPublicKey });
    const { onexport } = await show(itemOf({ versions: [version('3', true), version('2', true), version('1', false)] }));
    await fireEvent.click(screen.getByRole('tab', { name: /Versions/ }));
    expect(screen.queryByRole('checkbox', { name: 'Select version 1' })).toBeNull();
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Select version 2' }));
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Select version 3' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Export 2 versions…' }));
    expect(onexport).toHaveBeenCalledWith(['home/cellar/sign'], ['3', '2']);
  });
});

describe('the rotation of an item', () => {
  it('is begun beside the export, and says in place why it was not', async () => {
    const onrotate = vi.fn().mockRejectedValueOnce(wireError({ message: 'The item cannot be rotated.' })).mockResolvedValueOnce(undefined);
    await show(itemOf(), appState(), { onrotate });
    await fireEvent.click(screen.getByRole('button', { name: 'Rotate…' }));
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('The item cannot be rotated.'));
    await fireEvent.click(screen.getByRole('button', { name: 'Rotate…' }));
    await vi.waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(onrotate.mock.calls).toEqual([['home/cellar/sign'], ['home/cellar/sign']]);
  });

  it('stands beside the way to bring its key to another place, which says in place why it was not begun', async () => {
    const onbring = vi.fn().mockRejectedValueOnce(wireError({ message: 'Another import of it is under way.' }));
    await show(itemOf(), appState(), { onbring });
    await fireEvent.click(screen.getByTestId('item-bring'));
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Another import of it is under way.'));
    expect(onbring.mock.calls).toEqual([['home/cellar/sign']]);
  });

  it('is not offered where nobody takes it up', async () => {
    await show(itemOf());
    expect(screen.queryByRole('button', { name: 'Rotate…' })).toBeNull();
  });

  it('begins with who uses it', async () => {
    await show(itemOf());
    await vi.waitFor(() => expect(screen.getByRole('tab', { name: 'Used by 0' })).toBeTruthy());
    await fireEvent.click(screen.getByRole('tab', { name: /Used by/ }));
    expect(screen.getByTestId('consumers').textContent).toContain('never complete');
    expect(screen.getByText('Key definition')).toBeTruthy();
  });
});
