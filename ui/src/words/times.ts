// Points in time as words: relative, absolute in the local zone, and in UTC. Wire times are RFC 3339 text.

/** The language of the words is English; days before months, so that no date reads two ways. */
const LOCALE = 'en-GB';

const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };
const TIME: Intl.DateTimeFormatOptions = { ...DATE, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' };

const localDate = new Intl.DateTimeFormat(LOCALE, DATE);
const localTime = new Intl.DateTimeFormat(LOCALE, TIME);
const minuteTime = new Intl.DateTimeFormat(LOCALE, { ...DATE, hour: '2-digit', minute: '2-digit' });
const utcTime = new Intl.DateTimeFormat(LOCALE, { ...TIME, timeZone: 'UTC' });
// A month belongs to no zone: it is written as it was counted.
const wholeMonth = new Intl.DateTimeFormat(LOCALE, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const shortMonth = new Intl.DateTimeFormat(LOCALE, { month: 'short', timeZone: 'UTC' });
const distance = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
const nearby = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** The largest unit that fits says it best; months and years are of mean length. */
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365.25 * DAY],
  ['month', 30.44 * DAY],
  ['day', DAY],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
];

/** The day, as `2 Dec 2026`; text that is no time is shown as it is. */
export function day(time: string): string {
  return formatted(localDate, time);
}

/** Day, time and zone here, as `2 Dec 2026, 14:05 CET`. */
export function local(time: string): string {
  return formatted(localTime, time);
}

/** Day and time here, as `2 Dec 2026, 14:05`; for columns, where a hint says the zone. */
export function minute(time: string): string {
  return formatted(minuteTime, time);
}

/** Day and time in UTC. */
export function utc(time: string): string {
  return formatted(utcTime, time);
}

/** A month of the calendar (1 to 12), as `November 2026`, or as `Nov` alone. */
export function month(year: number, number: number, short = false): string {
  return (short ? shortMonth : wholeMonth).format(Date.UTC(year, number - 1));
}

/** How far from `now` (milliseconds since 1970), as `in 9 days` or `13 months ago`: one of a unit says too little. */
export function relative(time: string, now: number): string {
  const away = Date.parse(time) - now;
  if (Number.isNaN(away)) return time;
  const size = Math.abs(away);
  const [unit, length] = UNITS.find(([name, one]) => size >= (isLong(name) ? 2 * one : one)) ?? ['minute', MINUTE];
  const count = Math.trunc(away / length);
  // "Tomorrow" and "this minute" read better than their numbers; "last year" would hide 23 months.
  return (unit === 'day' || count === 0 ? nearby : distance).format(count, unit);
}

function isLong(unit: Intl.RelativeTimeFormatUnit): boolean {
  return unit === 'month' || unit === 'year';
}

function formatted(format: Intl.DateTimeFormat, time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : format.format(at);
}
