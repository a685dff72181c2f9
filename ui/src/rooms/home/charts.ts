// The numbers of the two charts of Home, counted once: the bars and the tables are drawn from the same.
import type { Bar } from '../../kit/bars';
import { home as words } from '../../words/home';
import { month } from '../../words/times';
import { DAY } from '../inventory/entry';

/** How many months are looked ahead, the one we are in among them. */
const MONTHS = 12;

export interface Timeline {
  /** What has ended, then each month. */
  bars: readonly Bar[];
  /** What ends after the last month. */
  later: number;
  /** What does not tell an end. */
  never: number;
  /** How far the month we are in has passed, 0 to 1. */
  passed: number;
}

/**
 * The calendar of a zone. It is asked for each instant, so that no hour that is there twice, or not at all, can lead
 * astray; that takes its time, so an answer is kept.
 */
export class Calendar {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #months = new Map<number, number>();

  constructor(zone: string) {
    this.zone = zone;
    this.#format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', hourCycle: 'h23' });
  }

  /** In which month an instant lies, counted from the year 0. */
  month(at: number): number {
    const known = this.#months.get(at);
    if (known !== undefined) return known;
    const { year, month: number } = this.parts(at);
    const months = year * 12 + number - 1;
    this.#months.set(at, months);
    return months;
  }

  /** How much of its month has passed at an instant, 0 to 1. */
  passed(at: number): number {
    const { year, month: number, day, hour } = this.parts(at);
    return (day - 1 + hour / 24) / new Date(Date.UTC(year, number, 0)).getUTCDate();
  }

  private parts(at: number): { year: number; month: number; day: number; hour: number } {
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') };
  }
}

/** Longer than any twelve months: what ends later need not be looked up in the calendar. */
const YEAR_AND_MORE = 400 * DAY;

/** Counts ends (milliseconds since 1970) by the months of `calendar`. */
export function timelineOf(ends: readonly (number | null)[], now: number, calendar: Calendar): Timeline {
  const first = calendar.month(now);
  const counts = new Array<number>(MONTHS).fill(0);
  let over = 0;
  let later = 0;
  let never = 0;
  for (const end of ends) {
    if (end === null) never += 1;
    else if (end <= now) over += 1;
    else {
      // Where clocks go back over midnight, the month before may come once more.
      const at = end - now > YEAR_AND_MORE ? MONTHS : Math.max(0, calendar.month(end) - first);
      if (at >= MONTHS) later += 1;
      else counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  const bars: Bar[] = counts.map((count, at) => {
    const year = Math.floor((first + at) / 12);
    const number = ((first + at) % 12) + 1;
    const short: [string, string] = [month(year, number, true), at === 0 || number === 1 ? String(year) : ''];
    return { id: `${year}-${number}`, label: month(year, number), short, count };
  });
  const { overdue, overdueShort } = words.timeline;
  bars.unshift({ id: 'over', label: overdue, short: [overdueShort, ''], count: over, strong: true });
  return { bars, later, never, passed: calendar.passed(now) };
}

/** The least age of each step but the first. */
const STEPS: readonly number[] = [90, 180, 365, 2 * 365, 3 * 365];

/** Counts how long ago things were made. */
export function agesOf(made: readonly (number | null)[], now: number): readonly Bar[] {
  const counts = new Array<number>(STEPS.length + 1).fill(0);
  let unknown = 0;
  for (const at of made) {
    if (at === null) unknown += 1;
    else {
      const step = STEPS.filter((least) => now - at >= least * DAY).length;
      counts[step] = (counts[step] ?? 0) + 1;
    }
  }
  const bars: Bar[] = words.ages.steps.map(([label, above, below], at) => ({ id: label, label, short: [above, below], count: counts[at] ?? 0 }));
  return [...bars, { id: 'unknown', label: words.ages.unknown, short: words.ages.unknownShort, count: unknown }];
}
