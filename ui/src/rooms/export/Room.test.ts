import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { FingerprintVerdict, FormatRow } from '../../host/contract.gen';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { exporting as words } from '../../words/export';
import { appState, hostWith, itemOf, wireError } from '../test-host';
import Room from './Room.svelte';

const FORMATS: FormatRow[] = [
  { format: 'spki-pem', label: 'PEM', purpose: 'Most tools', facet: 'key' },
  { format: 'spki-der', label: 'DER', purpose: 'Some tools', facet: 'key' },
  { format: 'cert-pem', label: 'Certificate', purpose: 'Servers', facet: 'certificate' },
];
const FINGERPRINTS = { spkiSha256: 'SHA256:abc=', spkiSha256Hex: 'ab', opensshSha256: null, jwkThumbprint: null };
const ITEM = itemOf({
  offers: [{ ask: 'export-certificate', changes: false, allowed: false, because: 'There is no certificate.', permission: 'cellar:Read' }],
});

async function show(more: Parameters<typeof hostWith>[0] = {}) {
  const host = hostWith({
    open_item: () => ITEM,
    export_items: ({ request }) => ({
      files: [{
        reference: 'a', version: '3', fileName: 'sign.pem', text: request.format, binary: request.format === 'spki-der',
        proof: 'Parsed back: the same key', fingerprints: FINGERPRINTS, checks: [],
      }],
      failed: [],
    }),
    copy_export: () => ({ clearsAfter: null }),
    save_export: () => ({ paths: ['/tmp/sign.pem'] }),
    ...more,
  });
  const toasts = new Toasts();
  const context = new Map<symbol, unknown>([[HOST, host], [TOASTS, toasts]]);
  render(Room, { props: { references: ['a'], state: appState({ formats: FORMATS }), onclose: () => undefined }, context });
  await vi.waitFor(() => expect(screen.getByTestId('export-text').textContent).toBe('spki-pem'));
  const asked = (command: string) => host.asked.filter(([name]) => name === command).length;
  return { host, toasts, asked };
}

describe('the export dialog', () => {
  it('keeps a format that is not available reachable, and says why', async () => {
    await show();
    const radio = screen.getByTestId('format-cert-pem') as HTMLInputElement;
    expect([radio.disabled, radio.getAttribute('aria-disabled')]).toEqual([false, 'true']);
    await fireEvent.click(radio);
    const preview = screen.getByTestId('export-preview');
    expect(preview.textContent).toContain('There is no certificate.');
    expect(within(preview).getByText('cellar:Read')).toBeTruthy();
    expect(screen.queryByTestId('export-text')).toBeNull();
  });

  it('copies on submit and saves with Ctrl+S', async () => {
    const { asked, toasts } = await show();
    const form = document.getElementById('export-studio') as HTMLFormElement;
    await fireEvent.submit(form);
    await vi.waitFor(() => expect(toasts.notices.map((notice) => notice.text)).toContain(words.copied));
    await fireEvent.keyDown(window, { key: 's', ctrlKey: true });
    await vi.waitFor(() => expect(asked('save_export')).toBe(1));
    expect(asked('copy_export')).toBe(1);
  });

  it('does not offer to copy bytes', async () => {
    await show();
    await fireEvent.click(screen.getByTestId('format-spki-der'));
    await vi.waitFor(() => expect(screen.getByText(words.preview.binary)).toBeTruthy());
    expect(screen.getByRole('button', { name: words.copy }).getAttribute('aria-disabled')).toBe('true');
    expect(screen.getByRole('button', { name: words.save }).getAttribute('aria-disabled')).toBeNull();
  });

  it('shows why an export was not made, in its pane and with all three answers', async () => {
    await show({
      export_items: ({ request }) => {
        if (request.format === 'spki-der') throw wireError({ message: 'The key is gone.', kind: 'not-found' });
        return { files: [{ reference: 'a', version: null, fileName: 'a', text: 'spki-pem', binary: false, proof: '', fingerprints: null, checks: [] }], failed: [] };
      },
    });
    await fireEvent.click(screen.getByTestId('format-spki-der'));
    const pane = screen.getByTestId('export-preview');
    await vi.waitFor(() => expect(pane.textContent).toContain('The key is gone.'));
    for (const sentence of ['Nothing was changed.', 'Ask for the permission.']) expect(pane.textContent).toContain(sentence);
  });
});

describe('the paste-back box', () => {
  it.each(Object.keys(words.compare.verdicts) as FingerprintVerdict[])('has a sentence for %s; Enter compares and copies nothing', async (verdict) => {
    const { host, asked } = await show({ compare_fingerprint: () => verdict });
    const box = screen.getByLabelText(words.compare.label);
    await fireEvent.input(box, { target: { value: ' SHA256:abc= ' } });
    await fireEvent.keyDown(box, { key: 'Enter' });
    await vi.waitFor(() => expect(screen.getByTestId('verdict').textContent).toContain(words.compare.verdicts[verdict]));
    expect(host.asked.at(-1)).toEqual(['compare_fingerprint', { reference: 'a', version: '3', pasted: 'SHA256:abc=' }]);
    expect(asked('copy_export')).toBe(0);
    await fireEvent.input(box, { target: { value: 'SHA256:abd=' } });
    expect(screen.getByTestId('verdict').textContent?.trim()).toBe('');
  });
});
