import { describe, expect, it } from 'vitest';
import type { DestructionRow } from '../../host/contract.gen';
import { sorted } from './rows';
import { left } from './steps';

const row = (id: string, parts: Partial<DestructionRow>): DestructionRow => ({ id, reference: `a/v/${id}`, name: id, connection: 'a', phase: 'soak', over: false, waitsFor: '', until: null, begun: '2026-11-01T00:00:00Z', ends: null, ...parts });

describe('destructions in a list', () => {
  it('are sorted by what ends next, then by what was begun first, and what is over last', () => {
    const rows = [row('kept', { over: true }), row('young', { begun: '2026-11-09T00:00:00Z' }), row('old', {}), row('late', { ends: '2026-12-09T00:00:00Z' }), row('soon', { ends: '2026-12-01T00:00:00Z' })];
    expect(sorted(rows).map((one) => one.id)).toEqual(['soon', 'late', 'old', 'young', 'kept']);
  });

  it('count down in whole days and hours, and never below nothing', () => {
    const now = Date.parse('2026-11-01T00:30:00Z');
    expect(left('2026-11-03T05:00:00Z', now)).toEqual({ days: 2, hours: 5 });
    expect(left('2026-11-01T00:40:00Z', now)).toEqual({ days: 0, hours: 1 });
    expect(left('2026-11-01T00:30:00Z', now)).toBeNull();
    expect(left('not a time', now)).toBeNull();
  });
});
