import { describe, expect, it } from 'vitest';
import { relative, utc } from './times';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('times in words', () => {
  it.each([
    ['2026-12-02T13:00:00Z', 'in 9 days'],
    ['2026-11-24T13:00:00Z', 'tomorrow'],
    ['2026-11-23T14:30:00Z', 'in 2 hours'],
    ['2026-11-23T10:59:00Z', '1 hour ago'],
    ['2029-01-01T12:00:00Z', 'in 2 years'],
    ['2026-11-23T11:59:30Z', 'this minute'],
    ['2025-10-07T12:00:00Z', '13 months ago'],
    ['2026-06-01T12:00:00Z', '5 months ago'],
    ['2026-10-05T12:00:00Z', '49 days ago'],
    ['not a time', 'not a time'],
  ])('%s is %s', (time, words) => expect(relative(time, NOW)).toBe(words));

  it('names UTC, whatever the zone of this computer', () => {
    expect(utc('2026-12-02T23:05:00Z')).toBe('2 Dec 2026, 23:05 UTC');
  });
});
