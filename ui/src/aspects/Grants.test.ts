import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { AspectWire, OfferWire } from '../host/contract.gen';
import { HOST } from '../host/host';
import { TOASTS, Toasts } from '../kit/toasts.svelte';
import { hostWith } from '../rooms/test-host';
import { item } from '../words/item';
import Aspect from './Aspect.svelte';

const offer = (ask: string, parts: Partial<OfferWire> = {}): OfferWire => ({ ask, changes: true, allowed: true, because: null, permission: null, ...parts });
const GRANTS: AspectWire = {
  aspect: 'grants',
  grants: [
    { id: 'g-1', name: 'settlement', grantee: 'role settlement', retiring: 'role admin', operations: ['Sign', 'Verify'], constraints: [['tenant', 'pay']], created: '2026-01-01T00:00:00Z' },
    { id: 'g-2', name: null, grantee: 'role reader', retiring: null, operations: ['Decrypt'], constraints: [], created: null },
  ],
};

function show(aspect: AspectWire, offers: OfferWire[]) {
  const onchange = vi.fn();
  const context = new Map<symbol, unknown>([[HOST, hostWith({})], [TOASTS, new Toasts()]]);
  const { container } = render(Aspect, { props: { aspect, now: Date.parse('2026-11-25T00:00:00Z'), offers, onchange, onexport: vi.fn() }, context });
  return { onchange, text: container.textContent ?? '' };
}

describe('the grants', () => {
  it('show who may do what, and end by the grant’s own id', async () => {
    const { onchange, text } = show(GRANTS, [offer('revoke-grant'), offer('create-grant')]);
    for (const part of ['role settlement', 'Sign, Verify', 'role admin', 'tenant = pay', item.grants.noName]) expect(text).toContain(part);
    await fireEvent.click(screen.getByRole('button', { name: item.grants.revokeOne('g-2') }));
    expect(onchange).toHaveBeenCalledWith('revoke-grant', 'g-2');
    // A place without the change has no button for it.
    expect(screen.queryByRole('button', { name: item.grants.retireOne('settlement') })).toBeNull();
  });

  it('say why one cannot be ended, with the missing permission', async () => {
    const { onchange } = show(GRANTS, [offer('revoke-grant', { allowed: false, because: 'The role may not.', permission: 'kms:RevokeGrant' })]);
    const button = screen.getByRole('button', { name: item.grants.revokeOne('settlement') });
    expect(button.title).toBe('The role may not. Needs kms:RevokeGrant.');
    await fireEvent.click(button);
    expect(onchange).not.toHaveBeenCalled();
  });

  it('let one try where only trying will tell', async () => {
    const { onchange } = show(GRANTS, [offer('retire-grant', { allowed: null, because: 'kms:RetireGrant' })]);
    await fireEvent.click(screen.getByRole('button', { name: item.grants.retireOne('settlement') }));
    expect(onchange).toHaveBeenCalledWith('retire-grant', 'g-1');
  });

  it('say when there are none', () => {
    expect(show({ aspect: 'grants', grants: [] }, []).text).toContain(item.grants.none);
  });
});

describe('the rotation', () => {
  const rotation = (parts: Partial<Extract<AspectWire, { aspect: 'rotation' }>>): AspectWire => ({ aspect: 'rotation', automatic: null, periodSeconds: null, next: null, leftOnDemand: null, rules: [], ...parts });

  it.each([
    [{ automatic: true, periodSeconds: 365 * 86_400, leftOnDemand: 1 }, ['yes', '365 days', '1 more']],
    [{ automatic: false, leftOnDemand: 0 }, ['no', 'none left']],
    [{ automatic: null, periodSeconds: 90_000 }, [item.rotation.notTold, '90,000 seconds']],
  ])('%j reads %j', (parts, sentences) => {
    const { text } = show(rotation(parts), []);
    for (const sentence of sentences) expect(text).toContain(sentence);
  });

  it('is changed where the place lets one', async () => {
    const { onchange } = show(rotation({ automatic: true }), [offer('set-rotation')]);
    await fireEvent.click(screen.getByRole('button', { name: item.rotation.change }));
    expect(onchange).toHaveBeenCalledWith('set-rotation');
  });
});

describe('a pending deletion', () => {
  it('is cancelled from where it is told', async () => {
    const { onchange } = show({ aspect: 'pending-deletion', at: '2026-12-24T00:00:00Z' }, [offer('cancel-deletion')]);
    await fireEvent.click(screen.getByRole('button', { name: 'Cancel deletion…' }));
    expect(onchange).toHaveBeenCalledWith('cancel-deletion');
  });
});
