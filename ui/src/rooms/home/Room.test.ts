import { fireEvent, render, screen, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost, type FakeChoices } from '../../host/fake';
import { HOST } from '../../host/host';
import { QueryHost } from '../../host/query.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { home as words } from '../../words/home';
import { InventoryRoom } from '../inventory/room.svelte';
import { wireError } from '../test-host';
import Room from './Room.svelte';

async function show(choices: FakeChoices = {}, prepare: (host: FakeHost) => void = () => undefined) {
  const host = new FakeHost(choices);
  prepare(host);
  const kept = new QueryHost(host);
  const inventory = new InventoryRoom(kept);
  const navigation = new Navigation();
  navigation.here = { room: 'home' };
  const ongaps = vi.fn();
  const context = new Map<symbol, unknown>([[HOST, kept], [NAVIGATION, navigation]]);
  const { container } = render(Room, { props: { inventory, rotations: kept.query('list_rotations', {}), imports: kept.query('list_imports', {}), destructions: kept.query('list_destructions', {}), onsave: vi.fn(), ongaps }, context });
  inventory.connected((await kept.ask('list_connections', {})).connections);
  return { host, inventory, navigation, ongaps, container };
}

const part = (name: string) => within(screen.getByTestId(`part-${name}`));

beforeEach(() => localStorage.clear());

describe('home', () => {
  it('shows what is known, and that it is not everything', async () => {
    const { ongaps, container } = await show();
    await screen.findByTestId('part-expiring');
    await vi.waitFor(() => expect(part('expiring').getByText('gateway.corp.example')).toBeTruthy());
    expect(part('deleting').getByText('old-hmac')).toBeTruthy();
    await fireEvent.click(await screen.findByRole('button', { name: words.showGaps }));
    expect(ongaps).toHaveBeenCalled();
    // jsdom paints nothing: what needs a canvas is checked in the real window.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
    expect(violations.map((one) => one.id)).toEqual([]);
  }, 20_000);

  it('draws in each chart what its list and its table hold', async () => {
    const { container, inventory } = await show({ rows: 200 });
    await vi.waitFor(() => expect(inventory.listing.running).toBe(false));
    const chart = await screen.findByTestId('chart-expiring');
    const sum = [...chart.querySelectorAll<SVGElement>('[data-count]')].reduce((all, bar) => all + Number(bar.dataset['count']), 0);
    await fireEvent.click(within(chart).getByRole('button'));
    const cells = within(chart).getAllByRole('cell').map((cell) => Number(cell.textContent?.replace(',', '')));
    expect(cells.reduce((all, one) => all + one, 0)).toBe(200);
    expect(cells.slice(0, -2).reduce((all, one) => all + one, 0)).toBe(sum);
    expect(container.querySelector('[style]')).toBeNull();
  });

  it('opens the item and the rotation that are clicked', async () => {
    const { navigation } = await show();
    await screen.findByTestId('part-never');
    await fireEvent.click(await part('rotations').findByText('oidc-signing'));
    expect(navigation.here.room).toBe('rotation');
    await fireEvent.click(await part('imports').findByText('AES-256 to eu-west-1'));
    expect(navigation.here).toEqual({ room: 'import', import: '01JIMP000001', into: null });
    await fireEvent.click(await part('never').findByText('payments-sign'));
    expect(navigation.here).toEqual({ room: 'item', reference: 'payments-prod/eu-west-1/payments-sign' });
  });

  it('says that nothing is connected, and offers to', async () => {
    const { navigation } = await show({ first: true });
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect a vault' }));
    expect(navigation.here.room).toBe('connect');
    expect(screen.queryByTestId('part-expiring')).toBeNull();
  });

  it('says that lists are on their way', async () => {
    await show({ pace: 100_000 });
    expect(await screen.findByText('Not loaded yet')).toBeTruthy();
  });

  it('says nothing of keys that were never rotated while the rotations cannot be read', async () => {
    const { inventory } = await show({}, (host) => {
      vi.spyOn(host.rotations, 'list').mockImplementation(() => {
        throw wireError({ message: 'The journal is locked.' });
      });
    });
    await vi.waitFor(() => expect(inventory.listing.running).toBe(false));
    expect(await part('rotations').findByText('The journal is locked.')).toBeTruthy();
    expect(part('never').getByText(words.never.unread)).toBeTruthy();
    expect(part('never').queryByText('payments-sign')).toBeNull();
  });
});
