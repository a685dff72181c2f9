// Bars of a chart, and where they stand when they are drawn.

/** One bar, which is also one line of the table. */
export interface Bar {
  id: string;
  /** In the table. */
  label: string;
  /** Below the bar: two short lines, the second may be empty. */
  short: readonly [string, string];
  count: number;
  /** Hatched: it needs somebody. */
  strong?: boolean;
}

/** A drawn bar, in pixels. */
export interface Drawn extends Bar {
  x: number;
  y: number;
  width: number;
  height: number;
  /** The middle of its place on the line. */
  middle: number;
  /** Whether there is room for its words. */
  named: boolean;
}

/** The least height of a bar that is not zero. */
const LEAST = 2;
const WIDEST = 3;
/** How wide a letter is, as a part of the unit of text. */
const LETTER = 0.5;

/** Lays out `bars` in `width` and `height`, where `unit` is the height of the text. */
export function draw(bars: readonly Bar[], width: number, height: number, unit: number): Drawn[] {
  const slot = bars.length === 0 ? 0 : width / bars.length;
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const words = Math.max(0, ...bars.flatMap((bar) => bar.short.map((text) => text.length)));
  const every = slot > 0 ? Math.max(1, Math.ceil((words * LETTER * unit + 4) / slot)) : 1;
  const thick = Math.min(slot * 0.64, unit * WIDEST);
  return bars.map((bar, at) => {
    const tall = bar.count === 0 ? 0 : Math.max(LEAST, (bar.count / most) * height);
    const middle = slot * (at + 0.5);
    return { ...bar, x: middle - thick / 2, y: height - tall, width: thick, height: tall, middle, named: at % every === 0 };
  });
}
