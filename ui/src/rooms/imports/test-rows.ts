// For tests only: rows of the list of imports.
import type { ImportRow } from '../../host/contract.gen';

export function importRow(parts: Partial<ImportRow> = {}): ImportRow {
  return {
    id: '01JIMP',
    title: 'AES-256 to Cellar',
    source: 'a file',
    connection: 'home',
    vault: 'Cellar',
    item: null,
    phase: 'wrap',
    over: false,
    waitsFor: 'No wrapping key is in memory. Fetch it first.',
    begun: '2026-11-20T10:00:00Z',
    expires: null,
    ...parts,
  };
}
