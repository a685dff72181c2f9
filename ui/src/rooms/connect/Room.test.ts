import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { ConnectionRow } from '../../host/contract.gen';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { NAVIGATION, Navigation } from '../../navigation.svelte';
import { connect as words } from '../../words/connect';
import { appState, field, formOf, hostWith, wireError } from '../test-host';
import { Writing, WRITING } from '../change/writing.svelte';
import Room from './Room.svelte';

const FORM = formOf(
  field({ name: 'address', label: 'Address', help: 'With the port.', required: true }),
  field({ name: 'auth', label: 'Sign in with', kind: 'choice', choices: [['token', 'Token'], ['none', 'Nothing']], required: true }),
  field({ name: 'token', label: 'Token', kind: 'secret', required: true, shownWhen: ['auth', ['token']] }),
);
const ROW: ConnectionRow = {
  name: 'home', provider: 'cellar', title: 'Cellar', place: 'under the house', environment: 'production',
  writesUntil: null, identity: 'maria', until: null, secrets: 'keyring',
};

async function show(more: Parameters<typeof hostWith>[0] = {}, connections: ConnectionRow[] = [], keyring = true) {
  const host = hostWith({
    connection_forms: () => [FORM],
    list_connections: () => ({ connections }),
    found_sign_ins: () => ({ found: [{ provider: 'cellar', title: 'Cellar', name: 'sandbox', detail: 'token file', answers: {}, connected: false }] }),
    ...more,
  });
  const navigation = new Navigation();
  navigation.go({ room: 'connect' });
  const context = new Map<symbol, unknown>([[HOST, host], [NAVIGATION, navigation], [WRITING, new Writing(host)], [TOASTS, new Toasts()]]);
  render(Room, { props: { state: appState({ keyring }) }, context });
  await vi.waitFor(() => expect(screen.queryByText('sandbox')).not.toBeNull());
  return { host, navigation };
}

const button = (name: string) => screen.getByRole('button', { name });

describe('the form of a place', () => {
  it('asks what its data says, and only that', async () => {
    await show();
    await fireEvent.click(button(words.address.open));
    const form = within(screen.getByTestId('address-form'));
    expect(form.getByLabelText('Address').getAttribute('aria-describedby')).not.toBeNull();
    expect((form.getByLabelText('Token') as HTMLInputElement).type).toBe('password');
    await fireEvent.change(form.getByLabelText('Sign in with'), { target: { value: 'none' } });
    expect(form.queryByLabelText('Token')).toBeNull();
  });

  it('shows what is wrong at its field, takes the person there, and sends nothing', async () => {
    const { host } = await show();
    await fireEvent.click(button(words.address.open));
    const form = within(screen.getByTestId('address-form'));
    expect(form.queryByText(words.problems.nameMissing)).toBeNull();
    await fireEvent.click(button(words.connectButton));
    const name = form.getByLabelText(words.address.name);
    await vi.waitFor(() => expect(document.activeElement).toBe(name));
    expect(name.getAttribute('aria-invalid')).toBe('true');
    expect(form.getByText(words.problems.required('Address'))).toBeTruthy();
    expect(screen.getByText(words.problems.fixForm(3))).toBeTruthy();
    expect(host.asked.map(([command]) => command)).not.toContain('add_connection');
  });

  it('sends the answers and the secret once, then goes to the inventory', async () => {
    const { host, navigation } = await show({ add_connection: () => ROW });
    await fireEvent.click(button(words.address.open));
    const form = within(screen.getByTestId('address-form'));
    await fireEvent.input(form.getByLabelText(words.address.name), { target: { value: 'home' } });
    await fireEvent.input(form.getByLabelText('Address'), { target: { value: 'https://cellar.test' } });
    await fireEvent.input(form.getByLabelText('Token'), { target: { value: 's3' } });
    await fireEvent.click(button(words.connectButton));
    await vi.waitFor(() => expect(navigation.here).toEqual({ room: 'inventory' }));
    const draft = {
      name: 'home', provider: 'cellar', environment: 'production',
      answers: { address: 'https://cellar.test', auth: 'token' }, secrets: { token: 's3' }, keep: true,
    };
    expect(host.asked.filter(([command]) => command === 'add_connection')).toEqual([['add_connection', { draft }]]);
  });

  it('keeps the answers and shows the error in its place when it is refused', async () => {
    await show({ add_connection: () => Promise.reject(wireError({ message: 'The token is wrong.' })) });
    await fireEvent.click(screen.getByRole('checkbox', { name: /sandbox/ }));
    await fireEvent.click(button(words.connectButton));
    await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('The token is wrong.'));
    expect((screen.getByRole('checkbox', { name: /sandbox/ }) as HTMLInputElement).checked).toBe(true);
  });
});

describe('the connect screen', () => {
  it('opens the practice keystore on first run', async () => {
    const { navigation } = await show({ open_practice_keystore: () => ROW });
    expect(screen.getByRole('heading', { level: 1, name: words.firstRunTitle })).toBeTruthy();
    await fireEvent.click(button(words.practice.button));
    await vi.waitFor(() => expect(navigation.here).toEqual({ room: 'inventory' }));
  });

  it('says where secrets live when no keyring answers, and offers no choice', async () => {
    await show({}, [], false);
    expect(screen.getByText(words.keep.noKeyring)).toBeTruthy();
    expect(screen.queryByLabelText(words.keep.label)).toBeNull();
  });

  it('shows each check with its permission, and copies the missing ones', async () => {
    const row = (what: string, permission: string, allowed: boolean | null) => ({ what, permission, allowed, error: null, untested: allowed === null ? 'There is nothing to try it on.' : null });
    const { host } = await show({
      check_access: () => ({ identity: 'maria', detail: 'cellar/maria', until: null, checks: [row('List', 'cellar:List', true), row('Read', 'cellar:Read', false), row('Sign', 'cellar:Sign', null)] }),
      copy_text: () => ({ clearsAfter: null }),
    });
    await fireEvent.click(screen.getByRole('checkbox', { name: /sandbox/ }));
    await fireEvent.click(button(words.check.button));
    await vi.waitFor(() => expect(screen.getByText('cellar:Read')).toBeTruthy());
    expect(screen.getByText('There is nothing to try it on.')).toBeTruthy();
    await fireEvent.click(button(words.check.copyMissing));
    expect(host.asked.at(-1)).toEqual(['copy_text', { text: 'cellar:Read' }]);
  });

  it('forgets a connection only after saying what is forgotten', async () => {
    const { host } = await show({ remove_connection: () => ({}) }, [ROW]);
    await fireEvent.click(button(words.saved.remove('home')));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(words.removal.forgotten(ROW)[0] ?? '')).toBeTruthy();
    expect(host.asked.map(([command]) => command)).not.toContain('remove_connection');
    await fireEvent.click(dialog.getByRole('button', { name: words.removal.confirm }));
    await vi.waitFor(() => expect(host.asked.some(([command]) => command === 'remove_connection')).toBe(true));
  });
});
