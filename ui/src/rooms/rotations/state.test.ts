import { describe, expect, it } from 'vitest';
import type { RotationList, RotationRow } from '../../host/contract.gen';
import { rotations as words } from '../../words/rotations';
import { wireError } from '../test-host';
import { PAGE } from '../wizard/list.svelte';
import { countsOf, isOverdue, linesOf } from './lines';
import { RotationsRoom } from './room.svelte';
import { rotationRow } from './test-rows';

function roomOf(rows: RotationRow[] | null, error = wireError()) {
  const answer: RotationList | null = rows && { rotations: rows };
  return new RotationsRoom({ answer, error: rows ? null : error, busy: false, refresh: async () => undefined });
}

describe('the order of rotations', () => {
  it('puts what failed first, then what is due first, and what is over last with the newest first', () => {
    const rows = [
      rotationRow({ id: 'old', over: true, phase: 'done', begun: '2026-01-01T00:00:00Z' }),
      rotationRow({ id: 'late', due: '2026-12-24T00:00:00Z' }),
      rotationRow({ id: 'no due', begun: '2026-11-02T00:00:00Z' }),
      rotationRow({ id: 'new', over: true, phase: 'rolled-back', begun: '2026-02-01T00:00:00Z' }),
      rotationRow({ id: 'no due, earlier', begun: '2026-11-01T00:00:00Z' }),
      rotationRow({ id: 'soon', due: '2026-12-01T01:00:00+02:00' }),
      rotationRow({ id: 'failed', failed: 2 }),
    ];
    expect(linesOf(rows).map((line) => line.row.id)).toEqual(['failed', 'soon', 'late', 'no due, earlier', 'no due', 'new', 'old']);
    expect(countsOf(rows)).toEqual({ running: 5, failed: 2 });
  });

  it('does not count what failed in a rotation that is over', () => {
    expect(countsOf([rotationRow({ over: true, failed: 3 })])).toEqual({ running: 0, failed: 0 });
  });

  it('says that one is overdue only while it is under way', () => {
    const [line] = linesOf([rotationRow({ due: '2026-11-23T12:00:00Z' })]);
    const [over] = linesOf([rotationRow({ due: '2026-11-23T12:00:00Z', over: true })]);
    const now = Date.parse('2026-11-24T00:00:00Z');
    expect([isOverdue(line!, now), isOverdue(line!, Date.parse('2026-11-23T00:00:00Z')), isOverdue(over!, now)]).toEqual([true, false, false]);
  });
});

describe('a phase', () => {
  it('has words and a shape of its own kind; one that is not known keeps its own word', () => {
    const phases = ['scope', 'method', 'consumers', 'create', 'distribute', 'verify', 'switch', 'retire', 'done', 'rolling-back', 'rolled-back'];
    const lines = linesOf(phases.map((phase) => rotationRow({ id: phase, phase })));
    expect(lines.every((line) => line.phase === words.phases[line.row.phase] && line.phase !== undefined)).toBe(true);
    const glyph = (phase: string) => lines.find((line) => line.row.phase === phase)?.glyph;
    // Prepared, under way, done and taken back are told apart without colour.
    expect(new Set([glyph('scope'), glyph('verify'), glyph('done'), glyph('rolled-back')]).size).toBe(4);
    expect(linesOf([rotationRow({ phase: 'dreaming' })])[0]).toMatchObject({ phase: 'dreaming', glyph: '◇' });
  });
});

describe('the list of rotations', () => {
  it('shows what holds every word of the filter, wherever it stands', () => {
    const room = roomOf([rotationRow({ id: '1', name: 'Ledger', connection: 'prod' }), rotationRow({ id: '2', name: 'ledger', connection: 'lab' })]);
    room.text = '  PROD led ';
    expect(room.shown.map((line) => line.row.id)).toEqual(['1']);
    room.text = 'telling';
    expect(room.shown).toHaveLength(2);
    room.text = 'nowhere';
    expect([room.shown.length, room.emptiness]).toEqual([0, 'filtered']);
    room.text = '';
    expect(room.emptiness).toBeNull();
  });

  it('tells the reasons for an empty list apart', () => {
    const loading = new RotationsRoom({ answer: null, error: null, busy: true, refresh: async () => undefined });
    expect([loading.emptiness, roomOf(null).emptiness, roomOf([]).emptiness]).toEqual(['loading', 'failed', 'nothing']);
  });

  it('puts no more on the page than was asked for', () => {
    const room = roomOf(Array.from({ length: PAGE + 5 }, (_, at) => rotationRow({ id: String(at) })));
    expect([room.shown.length, room.hidden]).toEqual([PAGE, 5]);
    room.more();
    expect([room.shown.length, room.hidden]).toEqual([PAGE + 5, 0]);
  });
});
