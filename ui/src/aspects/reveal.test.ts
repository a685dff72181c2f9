import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Revealed } from '../host/contract.gen';
import { item as words } from '../words/item';
import { hostWith, pending, wireError } from '../rooms/test-host';
import { SecretReveal } from './reveal.svelte';

const value: Revealed = { value: 'correct horse', binary: false, seconds: 20 };

describe('a secret on screen', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('counts down and is gone after the seconds that were granted', async () => {
    const secret = new SecretReveal(hostWith({ reveal_secret: () => value }));
    await secret.reveal('a', null);
    expect([secret.value, secret.secondsLeft]).toEqual(['correct horse', 20]);
    vi.advanceTimersByTime(7_000);
    expect([secret.value, secret.secondsLeft]).toEqual(['correct horse', 13]);
    vi.advanceTimersByTime(12_750);
    expect(secret.value).toBe('correct horse');
    vi.advanceTimersByTime(250);
    expect(secret.value).toBeNull();
    expect(secret.announcement).toBe(words.secret.announce.timeout);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes by the clock when the window slept', async () => {
    const secret = new SecretReveal(hostWith({ reveal_secret: () => value }));
    await secret.reveal('a', null);
    vi.setSystemTime(Date.now() + 60_000);
    vi.advanceTimersToNextTimer();
    expect(secret.value).toBeNull();
  });

  it('is gone at once when the window loses focus, and says so', async () => {
    const secret = new SecretReveal(hostWith({ reveal_secret: () => value }));
    await secret.reveal('a', null);
    secret.hide('blur');
    expect(secret.value).toBeNull();
    expect(secret.announcement).toBe(words.secret.announce.blur);
  });

  it('never shows an answer that arrives after one has left', async () => {
    const late = pending<Revealed>();
    const secret = new SecretReveal(hostWith({ reveal_secret: () => late.promise }));
    const asking = secret.reveal('a', null);
    secret.hide('left');
    late.resolve(value);
    await asking;
    expect(secret.value).toBeNull();
    expect(secret.busy).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('shows the second of two answers, whichever comes first', async () => {
    const first = pending<Revealed>();
    const answers = [first.promise, Promise.resolve({ ...value, value: 'second' })];
    const secret = new SecretReveal(hostWith({ reveal_secret: () => answers.shift() ?? value }));
    const slow = secret.reveal('a', '1');
    await secret.reveal('a', '2');
    first.resolve(value);
    await slow;
    expect(secret.value).toBe('second');
  });

  it('keeps a refusal, and no value', async () => {
    const secret = new SecretReveal(hostWith({ reveal_secret: () => Promise.reject(wireError({ message: 'no' })) }));
    await secret.reveal('a', null);
    expect([secret.value, secret.error?.message, secret.busy]).toEqual([null, 'no', null]);
  });

  it('is copied without being shown', async () => {
    const secret = new SecretReveal(hostWith({ copy_secret: () => ({ clearsAfter: 30 }) }));
    expect(await secret.copy('a', null)).toEqual({ clearsAfter: 30 });
    expect(secret.value).toBeNull();
  });
});
