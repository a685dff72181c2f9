// Imports as lists show them: those under way, what was begun first on top; then those that are over, the newest first.
import type { ImportRow } from '../../host/contract.gen';
import { imports as words } from '../../words/imports';
import { instant } from '../inventory/entry';

export interface Line {
  row: ImportRow;
  title: string;
  /** The phase as a shape and as words. */
  glyph: string;
  tone: 'calm' | 'ok';
  phase: string;
  begun: number;
  /** Everything a word may be found in, in lower case. */
  haystack: string;
}

/** Shapes: nothing was made yet, something is under way, done, given up. */
const GLYPHS: Record<string, [glyph: string, tone: Line['tone']]> = {
  target: ['○', 'calm'],
  source: ['○', 'calm'],
  'wrapping-key': ['◐', 'calm'],
  wrap: ['◐', 'calm'],
  import: ['◐', 'calm'],
  prove: ['◐', 'calm'],
  done: ['✓', 'ok'],
  'given-up': ['×', 'calm'],
};

function lineOf(row: ImportRow): Line {
  const [glyph, tone] = GLYPHS[row.phase] ?? ['◇', 'calm'];
  const phase = words.phases[row.phase] ?? row.phase;
  const title = row.title === '' ? words.untitled : row.title;
  const texts = [title, row.source, row.connection, row.vault, row.item ?? '', row.phase, phase, row.waitsFor, row.id];
  return { row, title, glyph, tone, phase, begun: instant(row.begun) ?? 0, haystack: texts.join('\u0000').toLowerCase() };
}

function compare(a: Line, b: Line): number {
  if (a.row.over !== b.row.over) return a.row.over ? 1 : -1;
  return (a.row.over ? b.begun - a.begun : a.begun - b.begun) || (a.row.id < b.row.id ? -1 : 1);
}

export function linesOf(rows: readonly ImportRow[]): Line[] {
  return rows.map(lineOf).sort(compare);
}

/** How many are under way. */
export function running(rows: readonly ImportRow[]): number {
  return rows.filter((row) => !row.over).length;
}
