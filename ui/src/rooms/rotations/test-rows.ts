// For tests only: rows of the list of rotations.
import type { RotationRow } from '../../host/contract.gen';

export function rotationRow(parts: Partial<RotationRow> = {}): RotationRow {
  return {
    id: '01JROT',
    reference: 'home/cellar/sign',
    name: 'sign',
    connection: 'home',
    phase: 'distribute',
    over: false,
    waitsFor: 'The gate does not have the new key yet.',
    until: null,
    begun: '2026-11-20T10:00:00Z',
    due: null,
    consumers: 2,
    updated: 1,
    failed: 0,
    onBackPath: 0,
    ...parts,
  };
}
