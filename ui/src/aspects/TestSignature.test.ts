import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { HOST } from '../host/host';
import { TOASTS, Toasts } from '../kit/toasts.svelte';
import { facet, hostWith, itemOf } from '../rooms/test-host';
import { item as words } from '../words/item';
import TestSignature from './TestSignature.svelte';

describe('the test signature', () => {
  it('signs by the algorithm that is chosen, and shows what was signed and who verified it', async () => {
    const signed = { algorithm: 'RS256', token: 'head.claims.signature', header: '{"alg":"RS256"}', claims: '{"iss":"claviger"}', proof: 'Verified.' };
    const host = hostWith({ sign_test: () => signed });
    const context = new Map<symbol, unknown>([[HOST, host], [TOASTS, new Toasts()]]);
    render(TestSignature, { props: { item: itemOf(), facet: facet('key', { signs: ['PS256', 'RS256'] }) }, context });
    await fireEvent.change(screen.getByLabelText(words.signing.algorithm), { target: { value: 'RS256' } });
    await fireEvent.click(screen.getByTestId('sign-test'));
    await vi.waitFor(() => expect(screen.getByTestId('signed-test').textContent).toContain('Verified.'));
    expect(host.asked).toEqual([['sign_test', { reference: 'home/cellar/sign', version: null, algorithm: 'RS256' }]]);
    expect(screen.getByText('head.claims.signature')).toBeTruthy();
  });
});
