import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Export, ExportItems, FingerprintVerdict, FormatRow } from '../../host/contract.gen';
import { exporting as words } from '../../words/export';
import { hostWith, itemOf, pending, wireError } from '../test-host';
import { Comparison } from './compare.svelte';
import { ExportRoom } from './state.svelte';

const FORMATS: FormatRow[] = [
  { format: 'cert-pem', label: 'Certificate', purpose: '', facet: 'certificate' },
  { format: 'spki-pem', label: 'PEM', purpose: '', facet: 'key' },
  { format: 'openssh', label: 'OpenSSH', purpose: '', facet: 'key' },
  { format: 'snowflake', label: 'Snowflake', purpose: '', facet: 'key' },
];

function exportOf(text: string): Export {
  const file = { reference: 'a', version: null, fileName: 'a.pem', text, binary: false, proof: '', fingerprints: null, checks: [] };
  return { files: [file], failed: [] };
}

const byFormat = ({ request }: ExportItems) => exportOf(request.format);
const refusing = itemOf({
  offers: [{ ask: 'export-certificate', changes: false, allowed: false, because: 'This key has no certificate.', permission: null }],
});

describe('the export studio', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('begins with the first format that the item has', async () => {
    const room = new ExportRoom(hostWith({ open_item: () => refusing, export_items: byFormat }), FORMATS, ['a']);
    await room.start();
    expect(room.format).toBe('spki-pem');
    expect(room.file?.text).toBe('spki-pem');
  });

  it('offers a signing request only while one waits, and then before all else', async () => {
    const formats: FormatRow[] = [...FORMATS, { format: 'csr-pem', label: 'Request', purpose: '', facet: 'request' }];
    const offer = (allowed: boolean) => ({ ask: 'export-signing-request', changes: false, allowed, because: 'None waits.', permission: null });
    const host = (allowed: boolean) => hostWith({ open_item: () => itemOf({ offers: [offer(allowed)] }), export_items: byFormat });
    const without = new ExportRoom(host(false), formats, ['a']);
    await without.start();
    expect(without.formats.map((row) => row.format)).not.toContain('csr-pem');
    const waiting = new ExportRoom(host(true), formats, ['a']);
    await waiting.start();
    expect([waiting.formats[0]?.format, waiting.file?.text]).toEqual(['csr-pem', 'csr-pem']);
    // Asked for by name, it is there before the item was read: the focus begins on it.
    expect(new ExportRoom(host(true), formats, ['a'], [], 'csr-pem').formats[0]?.format).toBe('csr-pem');
  });

  it('asks for nothing in a format that is not available, and says why', async () => {
    const host = hostWith({ open_item: () => refusing, export_items: byFormat });
    const room = new ExportRoom(host, FORMATS, ['a']);
    await room.start();
    const asked = host.asked.length;
    room.choose('cert-pem');
    expect(room.refusal?.because).toBe('This key has no certificate.');
    expect([host.asked.length, room.preview, room.ready]).toEqual([asked, null, false]);
  });

  it('never lets a late answer take the place of a newer preview', async () => {
    const slow = pending<Export>();
    const room = new ExportRoom(
      hostWith({ open_item: () => itemOf(), export_items: (ask) => (ask.request.format === 'openssh' ? slow.promise : byFormat(ask)) }),
      FORMATS,
      ['a'],
    );
    await room.start();
    room.choose('openssh');
    expect(room.ready).toBe(false);
    room.choose('spki-pem');
    await vi.runAllTimersAsync();
    slow.resolve(exportOf('late'));
    await vi.runAllTimersAsync();
    expect(room.file?.text).toBe('spki-pem');
    expect(room.busy).toBe(false);
  });

  it('does not show a late failure over a newer preview', async () => {
    const slow = pending<Export>();
    const room = new ExportRoom(
      hostWith({ open_item: () => itemOf(), export_items: (ask) => (ask.request.format === 'openssh' ? slow.promise : byFormat(ask)) }),
      FORMATS,
      ['a'],
    );
    await room.start();
    room.choose('openssh');
    room.choose('spki-pem');
    await vi.runAllTimersAsync();
    slow.reject(wireError());
    await vi.runAllTimersAsync();
    expect(room.error).toBeNull();
  });

  it('waits for a pause in typing, and cannot copy what no longer belongs to the choices', async () => {
    const host = hostWith({ open_item: () => itemOf(), export_items: byFormat });
    const room = new ExportRoom(host, FORMATS, ['a']);
    await room.start();
    room.choose('openssh');
    await vi.runAllTimersAsync();
    const asked = host.asked.length;
    for (const comment of ['m', 'ma', 'maria']) {
      room.comment = comment;
      room.typed();
      vi.advanceTimersByTime(100);
    }
    expect([host.asked.length, room.ready]).toEqual([asked, false]);
    await vi.runAllTimersAsync();
    expect(host.asked.length).toBe(asked + 1);
    expect(host.asked.at(-1)?.[1]).toMatchObject({ request: { comment: 'maria', snowflake: null } });
  });

  it('asks for no statement without a user, and sends user and slot only where they belong', async () => {
    const host = hostWith({ open_item: () => itemOf(), export_items: byFormat });
    const room = new ExportRoom(host, FORMATS, ['a']);
    await room.start();
    room.choose('snowflake');
    expect([room.missing, room.preview]).toEqual([words.snowflake.userMissing, null]);
    room.user = ' ETL_USER ';
    room.slot = 'second';
    await room.refresh();
    expect(host.asked.at(-1)?.[1]).toMatchObject({ request: { comment: null, snowflake: { user: 'ETL_USER', slot: 'second' } } });
    room.choose('spki-pem');
    expect(host.asked.at(-1)?.[1]).toMatchObject({ request: { snowflake: null } });
  });

  it('never puts several keys in one slot', async () => {
    const host = hostWith({ export_items: byFormat });
    const room = new ExportRoom(host, FORMATS, ['a', 'b']);
    await room.start();
    room.choose('snowflake');
    expect(room.refusal?.because).toBe(words.snowflake.oneItem);
    const one = new ExportRoom(hostWith({ open_item: () => itemOf(), export_items: byFormat }), FORMATS, ['a'], ['2', '1']);
    await one.start();
    one.user = 'ETL_USER';
    one.choose('snowflake');
    expect([one.missing, one.preview]).toEqual([words.snowflake.oneVersion, null]);
  });

  it('copies what was typed last, not what the preview still shows', async () => {
    const host = hostWith({ open_item: () => itemOf(), export_items: byFormat, copy_export: () => ({ clearsAfter: null }) });
    const room = new ExportRoom(host, FORMATS, ['a']);
    await room.start();
    room.choose('openssh');
    room.comment = 'maria';
    room.typed();
    expect(await room.copy()).toBe(true);
    expect(host.asked.slice(-2).map(([command]) => command)).toEqual(['export_items', 'copy_export']);
    expect(host.asked.at(-1)?.[1]).toMatchObject({ request: { comment: 'maria' } });
  });

  it('copies nothing that could not be proven', async () => {
    const host = hostWith({ open_item: () => itemOf(), export_items: () => Promise.reject(wireError()) });
    const room = new ExportRoom(host, FORMATS, ['a']);
    await room.start();
    expect(await room.copy()).toBe(false);
    expect(host.asked.map(([command]) => command)).not.toContain('copy_export');
  });

  it('takes only current versions of several items, and opens none of them', async () => {
    const host = hostWith({ export_items: byFormat });
    const room = new ExportRoom(host, FORMATS, ['a', 'b'], ['1']);
    await room.start();
    expect(host.asked.map(([command]) => command)).toEqual(['export_items']);
    expect(host.asked[0]?.[1]).toMatchObject({ request: { references: ['a', 'b'], versions: [] } });
  });

  it('knows forms that the kind of key has not', async () => {
    const item = itemOf({ fingerprints: { spkiSha256: 'x', spkiSha256Hex: '', opensshSha256: null, jwkThumbprint: 'y' } });
    const room = new ExportRoom(hostWith({ open_item: () => item, export_items: byFormat }), FORMATS, ['a']);
    await room.start();
    room.choose('openssh');
    expect(room.refusal?.because).toBe(words.noSshForm);
  });

  it('keeps the preview when saving fails', async () => {
    const room = new ExportRoom(
      hostWith({ open_item: () => itemOf(), export_items: byFormat, save_export: () => Promise.reject(wireError({ message: 'disk full' })) }),
      FORMATS,
      ['a'],
    );
    await room.start();
    expect(await room.save()).toEqual([]);
    expect([room.actionError?.message, room.ready]).toEqual(['disk full', true]);
  });
});

describe('a pasted fingerprint', () => {
  it('has a sentence and a tone for every verdict', () => {
    const verdicts = Object.keys(words.compare.verdicts) as FingerprintVerdict[];
    expect(new Set(verdicts.map((verdict) => words.compare.verdicts[verdict])).size).toBe(6);
    expect(words.compare.tones.match).toBe('ok');
    expect(verdicts.filter((verdict) => words.compare.tones[verdict] === 'ok')).toEqual(['match']);
  });

  it('forgets a verdict when something else is pasted, even one that is under way', async () => {
    const late = pending<FingerprintVerdict>();
    const comparison = new Comparison(hostWith({ compare_fingerprint: () => late.promise }));
    comparison.pasted = 'SHA256:abc';
    const comparing = comparison.compare('a', null);
    comparison.reset();
    late.resolve('match');
    await comparing;
    expect(comparison.verdict).toBeNull();
  });
});
