// Entries of the journal as the list shows them.
import type { JournalEntry, OrderState } from '../../host/contract.gen';
import { activity as words } from '../../words/activity';

export interface Line {
  /** Names the entry among all; stays while the order goes on. */
  key: string;
  sequence: number;
  at: string;
  who: string;
  what: string;
  where: string;
  result: string;
  /** The shape and the colour of the result. */
  glyph: string;
  tone: 'calm' | 'danger' | 'ok' | 'warn';
}

const GLYPHS: Record<OrderState, [glyph: string, tone: Line['tone']]> = {
  done: ['✓', 'ok'],
  abandoned: ['✖', 'danger'],
  unknown: ['?', 'warn'],
  paused: ['◐', 'warn'],
  running: ['◐', 'calm'],
};

export function keyOf(entry: JournalEntry): string {
  return entry.entry === 'order' ? entry.order.order : `record ${entry.sequence}`;
}

export function lineOf(entry: JournalEntry): Line {
  const key = keyOf(entry);
  switch (entry.entry) {
    case 'order': {
      const { sequence, at, actor, title, connection, state } = entry.order;
      const [glyph, tone] = GLYPHS[state];
      return { key, sequence, at, who: actor, what: title, where: connection, result: words.results[state], glyph, tone };
    }
    case 'told': {
      const { sequence, at, consumer, target, connection, done } = entry;
      const [what, result, glyph, tone] = told(consumer, target, done);
      return { key, sequence, at, who: '', what, where: connection, result, glyph, tone };
    }
    case 'write-mode': {
      const { sequence, at, connection, until } = entry;
      const what = until === null ? words.writeModeOff(connection) : words.writeModeOn(connection);
      return { key, sequence, at, who: '', what, where: connection, result: words.local, glyph: until === null ? '○' : '✎', tone: 'calm' };
    }
    case 'accepted':
      return { key, sequence: entry.sequence, at: entry.at, who: '', what: words.accepted, where: '', result: words.local, glyph: '▲', tone: 'warn' };
  }
}

/** Whether a consumer took it: `null` for the record that stands before the call. What failed may have acted all the same. */
function told(consumer: string, target: string, done: boolean | null): [string, string, string, Line['tone']] {
  if (done === null) return [words.telling(consumer, target), words.results.running, '◐', 'calm'];
  return done ? [words.told(consumer, target), words.results.done, '✓', 'ok'] : [words.untold(consumer, target), words.results.unknown, '?', 'warn'];
}
