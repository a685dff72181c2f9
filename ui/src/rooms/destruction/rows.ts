// Destructions as lists show them: what ends first, then what was begun first; then those that are over, the newest first.
import type { DestructionRow } from '../../host/contract.gen';

/** Shapes: nothing was changed yet, closed, counting down, over. */
export const GLYPHS: Readonly<Record<string, [glyph: string, tone: 'calm' | 'ok' | 'warn']>> = {
  evidence: ['○', 'calm'],
  disable: ['○', 'calm'],
  soak: ['◐', 'calm'],
  schedule: ['◐', 'calm'],
  waiting: ['▲', 'warn'],
  done: ['✓', 'ok'],
  kept: ['↩', 'calm'],
};

export function sorted(rows: readonly DestructionRow[]): DestructionRow[] {
  const time = (text: string | null) => (text === null ? Infinity : Date.parse(text));
  return [...rows].sort((a, b) => {
    if (a.over !== b.over) return a.over ? 1 : -1;
    if (a.over) return time(b.begun) - time(a.begun);
    const ends = time(a.ends) === time(b.ends) ? 0 : time(a.ends) - time(b.ends);
    return ends || time(a.begun) - time(b.begun) || (a.id < b.id ? -1 : 1);
  });
}
