import { describe, expect, it } from 'vitest';
import type { DestructionRow } from '../../host/contract.gen';
import { destruction } from '../../words/destruction';
import { relative } from '../../words/times';
import { sorted } from './rows';
import { left } from './steps';

const row = (id: string, parts: Partial<DestructionRow>): DestructionRow => ({ id, reference: `a/v/${id}`, name: id, connection: 'a', phase: 'soak', over: false, waitsFor: '', until: null, begun: '2026-11-01T00:00:00Z', ends: null, ...parts });

describe('destructions in a list', () => {
  it('are sorted by what ends next, then by what was begun first, and what is over last', () => {
    const rows = [row('kept', { over: true }), row('young', { begun: '2026-11-09T00:00:00Z' }), row('old', {}), row('late', { ends: '2026-12-09T00:00:00Z' }), row('soon', { ends: '2026-12-01T00:00:00Z' })];
    expect(sorted(rows).map((one) => one.id)).toEqual(['soon', 'late', 'old', 'young', 'kept']);
  });

  it('count down to the last minute, and never below nothing', () => {
    const now = Date.parse('2026-11-01T00:30:00Z');
    expect(left('2026-11-03T05:00:00Z', now)).toEqual({ days: 2, hours: 4, minutes: 30 });
    expect(left('2026-11-01T00:30:30Z', now)).toEqual({ days: 0, hours: 0, minutes: 0 });
    expect(left('2026-11-01T00:30:00Z', now)).toBeNull();
    expect(left('not a time', now)).toBeNull();
  });

  it.each([
    ['2026-12-01T00:29:59Z', '29 days and 23 h left', 'in 29 days'],
    ['2026-12-01T00:30:00Z', '30 days and 0 h left', 'in 30 days'],
    ['2026-11-02T23:00:00Z', '1 day and 22 h left', 'tomorrow'],
    ['2026-11-01T23:29:00Z', '22 h and 59 min left', 'in 22 hours'],
    ['2026-11-01T01:29:59Z', '59 min left', 'in 59 minutes'],
    ['2026-11-01T00:30:59Z', 'less than a minute left', 'this minute'],
  ])('say of %s the same as the distance that stands beside it', (end, says, beside) => {
    const now = Date.parse('2026-11-01T00:30:00Z');
    expect(destruction.waiting.left(left(end, now)!)).toBe(says);
    expect(relative(end, now)).toBe(beside);
  });
});
