import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CONNECTIONS } from '../../host/fake/world';
import { change as words } from '../../words/change';
import { hostWith, wireError } from '../test-host';
import { minutes, Writing } from './writing.svelte';

const NOW = Date.parse('2026-11-25T10:00:00Z');
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const rows = (until: string | null) => CONNECTIONS.map((row) => ({ ...row, writesUntil: row.name === 'payments-prod' ? until : null }));

describe('the write mode', () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW }));
  afterEach(() => void vi.useRealTimers());

  it('counts down, and falls back to read-only by itself', async () => {
    const writing = new Writing(hostWith({ set_write_mode: () => ({ until: inSeconds(20) }) }));
    expect(writing.secondsLeft('payments-prod')).toBeNull();
    await writing.allow('payments-prod');
    expect([writing.secondsLeft('payments-prod'), writing.open]).toEqual([20, ['payments-prod']]);
    vi.advanceTimersByTime(12_500);
    expect(writing.secondsLeft('payments-prod')).toBe(8);
    vi.advanceTimersByTime(8000);
    expect([writing.secondsLeft('payments-prod'), writing.open]).toEqual([null, []]);
    expect(writing.announcement).toBe(words.writing.announceOver('payments-prod'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes by the clock: a window that slept does not prolong it', () => {
    const writing = new Writing(hostWith({}));
    writing.heard(rows(inSeconds(900)));
    vi.setSystemTime(NOW + 3_600_000);
    vi.advanceTimersByTime(500);
    expect(writing.secondsLeft('payments-prod')).toBeNull();
  });

  it('takes over what the core says, both ways', () => {
    const writing = new Writing(hostWith({}));
    writing.heard(rows(inSeconds(60)));
    expect(writing.open).toEqual(['payments-prod']);
    writing.heard(rows(null));
    expect([writing.open, vi.getTimerCount()]).toEqual([[], 0]);
    writing.heard(rows(inSeconds(-1)));
    expect(writing.open).toEqual([]);
  });

  it('ends at the person’s word, and stays as it was where the core refuses', async () => {
    const answers = [{ until: inSeconds(900) }, wireError({ message: 'The journal cannot be written.' }), { until: null }];
    const host = hostWith({
      set_write_mode: () => {
        const answer = answers.shift()!;
        if ('kind' in answer) throw answer;
        return answer;
      },
    });
    const writing = new Writing(host);
    await writing.allow('payments-prod');
    expect((await writing.stop('payments-prod'))?.message).toBe('The journal cannot be written.');
    expect(writing.open).toEqual(['payments-prod']);
    expect(await writing.stop('payments-prod')).toBeNull();
    expect([writing.open, writing.error]).toEqual([[], null]);
    expect(host.asked.map(([, request]) => request)).toEqual([true, false, false].map((on) => ({ connection: 'payments-prod', on })));
  });

  it('says minutes and seconds', () => {
    expect([minutes(900), minutes(69), minutes(9)]).toEqual(['15:00', '1:09', '0:09']);
  });
});
