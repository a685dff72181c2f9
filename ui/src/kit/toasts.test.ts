import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Toasts } from './toasts.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('goes away within six seconds, but not while somebody reads', () => {
  const toasts = new Toasts();
  toasts.say('Copied');
  toasts.pause();
  vi.advanceTimersByTime(60_000);
  expect(toasts.notices).toHaveLength(1);
  toasts.resume();
  vi.advanceTimersByTime(6_000);
  expect(toasts.notices).toEqual([]);
});

it('says the same thing once, and keeps no more than three', () => {
  const toasts = new Toasts();
  for (const text of ['a', 'a', 'b', 'c', 'd']) toasts.say(text);
  expect(toasts.notices.map((notice) => notice.text)).toEqual(['b', 'c', 'd']);
});
