// Rotations as lists show them: those under way by what failed, then by what is due first; then those that are over, the newest first.
import type { RotationRow } from '../../host/contract.gen';
import { rotations as words } from '../../words/rotations';
import { instant } from '../inventory/entry';

export interface Line {
  row: RotationRow;
  /** The phase as a shape and as words. */
  glyph: string;
  tone: 'calm' | 'ok' | 'warn';
  phase: string;
  /** Milliseconds since 1970. */
  due: number | null;
  begun: number;
  /** Everything a word may be found in, in lower case. */
  haystack: string;
}

/** Shapes: nothing was made yet, something is under way, done, taken back. */
const GLYPHS: Record<string, [glyph: string, tone: Line['tone']]> = {
  scope: ['○', 'calm'],
  method: ['○', 'calm'],
  consumers: ['○', 'calm'],
  create: ['◐', 'calm'],
  distribute: ['◐', 'calm'],
  verify: ['◐', 'calm'],
  switch: ['◐', 'calm'],
  retire: ['◐', 'calm'],
  done: ['✓', 'ok'],
  'rolling-back': ['↩', 'warn'],
  'rolled-back': ['↩', 'calm'],
};

function lineOf(row: RotationRow): Line {
  const [glyph, tone] = GLYPHS[row.phase] ?? ['◇', 'calm'];
  const phase = words.phases[row.phase] ?? row.phase;
  const texts = [row.name, row.connection, row.reference, row.phase, phase, row.waitsFor, row.id];
  return { row, glyph, tone, phase, due: instant(row.due), begun: instant(row.begun) ?? 0, haystack: texts.join('\u0000').toLowerCase() };
}

/** What is under way first: where something failed, then by what is due, then what was begun first. What is over: what was begun last. */
function compare(a: Line, b: Line): number {
  if (a.row.over !== b.row.over) return a.row.over ? 1 : -1;
  if (a.row.over) return b.begun - a.begun;
  const failed = Number(b.row.failed > 0) - Number(a.row.failed > 0);
  return failed || (a.due ?? Infinity) - (b.due ?? Infinity) || a.begun - b.begun || (a.row.id < b.row.id ? -1 : 1);
}

export function linesOf(rows: readonly RotationRow[]): Line[] {
  // Two that have no due date are equal there: Infinity less Infinity is no number, and `||` goes on.
  return rows.map(lineOf).sort(compare);
}

/** How many are under way, and how many consumers of those could not be told or updated. */
export function countsOf(rows: readonly RotationRow[]): { running: number; failed: number } {
  const running = rows.filter((row) => !row.over);
  return { running: running.length, failed: running.reduce((sum, row) => sum + row.failed, 0) };
}

/** Whether a rotation should be over by `now`. */
export function isOverdue(line: Line, now: number): boolean {
  return !line.row.over && line.due !== null && line.due < now;
}
