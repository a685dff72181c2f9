import { describe, expect, it } from 'vitest';
import { Selection } from './selection.svelte';

const KEYS = ['a', 'b', 'c', 'd', 'e'];

describe('a selection', () => {
  it('means the row one is on until something is marked', () => {
    const selection = new Selection();
    selection.only('b');
    expect([selection.subject, selection.has('b')]).toEqual([['b'], true]);
    selection.go('c');
    expect(selection.subject).toEqual(['c']);
  });

  it('keeps marks while one moves on, so that an action never means another row than those marked', () => {
    const selection = new Selection();
    selection.go('a');
    selection.toggle('a');
    selection.go('d');
    expect([selection.subject, selection.has('d')]).toEqual([['a'], false]);
  });

  it('adds to the row one was on by Ctrl and click', () => {
    const selection = new Selection();
    selection.only('a');
    selection.toggle('c', true);
    expect(selection.subject).toEqual(['a', 'c']);
    selection.toggle('a', true);
    expect(selection.subject).toEqual(['c']);
  });

  it('takes a range both ways, from where it began', () => {
    const selection = new Selection();
    selection.only('c');
    selection.extend('e', KEYS);
    expect(selection.subject).toEqual(['c', 'd', 'e']);
    selection.extend('a', KEYS);
    expect(selection.subject).toEqual(['a', 'b', 'c']);
  });

  it('begins a range anew when the anchor is filtered away', () => {
    const selection = new Selection();
    selection.only('c');
    selection.extend('e', ['a', 'b', 'd', 'e']);
    expect(selection.subject).toEqual(['e']);
  });

  it('goes back to one row when it is cleared', () => {
    const selection = new Selection();
    selection.only('b');
    selection.all(KEYS);
    expect(selection.subject).toEqual(KEYS);
    selection.clear();
    expect(selection.subject).toEqual(['b']);
  });

  it('forgets what is gone', () => {
    const selection = new Selection();
    selection.only('b');
    selection.all(KEYS);
    selection.keep((key) => key === 'd');
    expect([selection.active, selection.subject]).toEqual([null, ['d']]);
  });
});
