import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { handout } from '../../words/private';
import { hostWith } from '../test-host';
import Room from './Room.svelte';

const words = handout.key;

function show(answer: () => { paths: string[] } = () => ({ paths: ['/home/maria/app.pfx'] })) {
  const host = hostWith({ save_private_key: answer });
  const toasts = new Toasts();
  const onclose = vi.fn();
  const context = new Map<symbol, unknown>([[HOST, host], [TOASTS, toasts]]);
  render(Room, { props: { reference: 'home/cellar/web', version: null, name: 'web', onclose }, context });
  return { host, toasts, onclose };
}

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(new RegExp(`^${label}`)), { target: { value } });
const save = () => fireEvent.click(screen.getByTestId('private-key-save'));

describe('the export with the private key', () => {
  it('says what it means before anything else', () => {
    show();
    expect(screen.getByRole('dialog').getAttribute('aria-describedby')).not.toBeNull();
    expect(screen.getByText(words.consequence)).toBeTruthy();
  });

  it('asks for nothing until the password was typed twice alike', async () => {
    const { host } = show();
    await save();
    await type(words.password, 'correct');
    await save();
    await type(words.again, 'horse');
    expect(screen.getByText(words.differ)).toBeTruthy();
    await save();
    expect(host.asked).toEqual([]);
    await type(words.again, 'correct');
    await save();
    expect(host.asked).toEqual([
      ['save_private_key', { reference: 'home/cellar/web', version: null, form: { is: 'pfx', password: 'correct' } }],
    ]);
  });

  it('closes once it is saved, and tells where', async () => {
    const { toasts, onclose } = show();
    await fireEvent.click(screen.getByRole('radio', { name: new RegExp(words.forms.pem) }));
    await save();
    await vi.waitFor(() => expect(onclose).toHaveBeenCalled());
    expect(toasts.notices[0]?.text).toBe(words.saved('/home/maria/app.pfx'));
  });

  it('stays open where the person thought better of it, or it failed', async () => {
    const { onclose, toasts } = show(() => ({ paths: [] }));
    await fireEvent.click(screen.getByRole('radio', { name: new RegExp(words.forms.pem) }));
    await save();
    expect(onclose).not.toHaveBeenCalled();
    expect(toasts.notices).toEqual([]);
  });
});
