import { describe, expect, it } from 'vitest';
import { agesOf, Calendar, timelineOf as timeline } from './charts';

const timelineOf = (ends: (number | null)[], now: number, zone: string) => timeline(ends, now, new Calendar(zone));
const at = (text: string) => Date.parse(text);
const counts = (line: ReturnType<typeof timelineOf>) => Object.fromEntries(line.bars.filter((bar) => bar.count > 0).map((bar) => [bar.id, bar.count]));

describe('what ends, by month', () => {
  const now = at('2026-11-23T12:00:00Z');

  it('begins with what has ended, then twelve months from this one on', () => {
    const { bars } = timelineOf([], now, 'UTC');
    expect(bars.map((bar) => bar.id)).toEqual(['over', '2026-11', '2026-12', ...Array.from({ length: 10 }, (_, month) => `2027-${month + 1}`)]);
    expect([bars[0]?.strong, bars[1]?.label, bars[3]?.short]).toEqual([true, 'November 2026', ['Jan', '2027']]);
  });

  it('counts each end once: ended, in a month, later, or not told', () => {
    const ends = ['2026-11-23T12:00:00Z', '2026-11-23T12:00:01Z', '2026-11-30T23:59:59Z', '2026-12-01T00:00:00Z', '2027-10-31T23:59:59Z', '2027-11-01T00:00:00Z', '2019-01-01T00:00:00Z'].map(at);
    const line = timelineOf([...ends, null, null], now, 'UTC');
    expect([counts(line), line.later, line.never]).toEqual([{ over: 2, '2026-11': 2, '2026-12': 1, '2027-10': 1 }, 1, 2]);
    expect(line.bars.reduce((sum, bar) => sum + bar.count, 0) + line.later + line.never).toBe(ends.length + 2);
  });

  it('goes by the calendar of the zone', () => {
    const end = at('2026-11-30T23:30:00Z');
    const monthIn = (zone: string) => Object.keys(counts(timelineOf([end], now, zone)))[0];
    expect([monthIn('UTC'), monthIn('Europe/Berlin'), monthIn('America/Los_Angeles'), monthIn('Pacific/Kiritimati')]).toEqual(['2026-11', '2026-12', '2026-11', '2026-12']);
    // The month we are in, too: it is December already in the east.
    expect(timelineOf([], end, 'Pacific/Kiritimati').bars[1]?.id).toBe('2026-12');
  });

  it('is not led astray by an hour that is there twice, or not at all', () => {
    // Clocks go forward on 28 March and back on 31 October 2027 in Berlin.
    const march = ['2027-02-28T22:59:59Z', '2027-02-28T23:00:00Z', '2027-03-31T21:59:59Z', '2027-03-31T22:00:00Z'].map(at);
    expect(counts(timelineOf(march, now, 'Europe/Berlin'))).toEqual({ '2027-2': 1, '2027-3': 2, '2027-4': 1 });
    const october = ['2027-10-31T22:59:59Z', '2027-10-31T23:00:00Z'].map(at);
    const line = timelineOf(october, now, 'Europe/Berlin');
    expect([counts(line), line.later]).toEqual([{ '2027-10': 1 }, 1]);
    // 1 October 2023 had no midnight in Asunción: the month began at one o'clock.
    const spring = ['2023-10-01T03:59:59Z', '2023-10-01T04:00:00Z'].map(at);
    expect(counts(timelineOf(spring, at('2023-09-15T00:00:00Z'), 'America/Asuncion'))).toEqual({ '2023-9': 1, '2023-10': 1 });
  });

  it('marks today within its month', () => {
    expect(timelineOf([], at('2026-11-01T00:00:00Z'), 'UTC').passed).toBe(0);
    expect(timelineOf([], at('2026-11-16T00:00:00Z'), 'UTC').passed).toBe(0.5);
    expect(timelineOf([], at('2026-11-30T23:59:59Z'), 'UTC').passed).toBeLessThan(1);
  });
});

describe('how old keys are', () => {
  it('puts each into the step whose least age it has reached', () => {
    const now = at('2026-11-23T12:00:00Z');
    const made = [0, 89.9, 90, 179.9, 180, 364.9, 365, 729.9, 730, 1094.9, 1095, 5000].map((days) => now - days * 86_400_000);
    // A clock that goes wrong makes things in the future; they are young.
    const bars = agesOf([...made, now + 5000, null, null, null], now);
    expect(bars.map((bar) => bar.count)).toEqual([3, 2, 2, 2, 2, 2, 3]);
    expect(new Set(bars.map((bar) => bar.id)).size).toBe(bars.length);
  });
});
