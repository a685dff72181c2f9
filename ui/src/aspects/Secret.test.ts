import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { OfferWire } from '../host/contract.gen';
import { HOST } from '../host/host';
import { TOASTS, Toasts } from '../kit/toasts.svelte';
import { hostWith, itemOf } from '../rooms/test-host';
import { item as words } from '../words/item';
import Secret from './Secret.svelte';

function show(offer: Partial<OfferWire> = {}) {
  const host = hostWith({ reveal_secret: () => ({ value: 'correct horse', binary: false, seconds: 20 }), copy_secret: () => ({ clearsAfter: 30 }) });
  const toasts = new Toasts();
  const offers = [{ ask: 'reveal-secret', changes: false, allowed: true, because: null, permission: null, ...offer }];
  const context = new Map<symbol, unknown>([[HOST, host], [TOASTS, toasts]]);
  const { unmount } = render(Secret, { props: { item: itemOf({ offers }), onprivate: vi.fn() }, context });
  return { host, toasts, unmount };
}

const reveal = () => fireEvent.click(screen.getByRole('button', { name: words.secret.reveal(20) }));

describe('the secret facet', () => {
  it('hides the value when the window loses focus', async () => {
    show();
    expect(screen.getByTestId('secret-value').textContent).not.toContain('correct horse');
    await reveal();
    await vi.waitFor(() => expect(screen.getByTestId('secret-value').textContent).toContain('correct horse'));
    expect(screen.getByRole('alert').textContent).toBe(words.secret.announce.revealed(20));
    await fireEvent.blur(window);
    expect(document.body.textContent).not.toContain('correct horse');
    expect(screen.getByRole('alert').textContent).toBe(words.secret.announce.blur);
  });

  it('copies without showing', async () => {
    const { host, toasts } = show();
    await fireEvent.click(screen.getByRole('button', { name: words.secret.copy(30) }));
    await vi.waitFor(() => expect(toasts.notices[0]?.text).toBe(words.secret.copied(30)));
    expect(host.asked).toEqual([['copy_secret', { reference: 'home/cellar/sign', version: null }]]);
    expect(document.body.textContent).not.toContain('correct horse');
  });

  it('masks every value alike', () => {
    show();
    expect(screen.getByRole('img', { name: words.secret.masked }).textContent).toBe('●'.repeat(10));
  });

  it('asks for nothing that is refused, and names the permission', async () => {
    const { host } = show({ allowed: false, because: 'The role may not read values.', permission: 'cellar:ReadSecret' });
    await reveal();
    expect(host.asked).toEqual([]);
    expect(screen.getByText('cellar:ReadSecret')).toBeTruthy();
  });
});
