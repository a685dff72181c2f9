import { describe, expect, it } from 'vitest';
import type { ItemRow } from '../../host/contract.gen';
import { DAY, entryOf } from './entry';
import { matches, parse } from './filter';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const inDays = (days: number) => new Date(NOW + days * DAY).toISOString();

function row(parts: Partial<ItemRow> = {}): ItemRow {
  return {
    ref: 'prod/eu-west-1/1234',
    provider: 'aws',
    connection: 'prod',
    vault: 'eu-west-1',
    name: 'payments sign',
    kind: 'KMS key',
    facets: ['key'],
    algorithm: 'RSA 2048',
    state: 'enabled',
    created: inDays(-412),
    expires: null,
    trouble: null,
    ...parts,
  };
}

function passes(text: string, parts: Partial<ItemRow> = {}, pins: string[] = []): boolean {
  return matches(parse(text), entryOf(row(parts)), { now: NOW, pins: new Set(pins) });
}

describe('the filter', () => {
  it('hides nothing while it is empty', () => {
    expect([passes(''), passes('   ')]).toEqual([true, true]);
  });

  it('finds text anywhere, whatever its case, and all of the words', () => {
    expect([passes('PAYMENTS'), passes('rsa pay'), passes('pay nothere')]).toEqual([true, true, false]);
  });

  it('takes quoted words together', () => {
    expect([passes('"payments sign"'), passes('"sign payments"')]).toEqual([true, false]);
  });

  it('takes a colon inside quotes as text', () => {
    expect(parse('"arn:aws:kms"').problems).toEqual([]);
    expect(passes('"arn:aws"', { name: 'arn:aws:kms:1' })).toBe(true);
  });

  it('reads fields of words by their beginning and never by their middle', () => {
    expect(passes('state:enabled')).toBe(true);
    expect(passes('state:pending', { state: 'pending-deletion' })).toBe(true);
    // "abled" is in "disabled" and in "enabled".
    expect(passes('state:abled')).toBe(false);
    expect(passes('state:enabled', { state: 'disabled' })).toBe(false);
  });

  it('takes several values as "or" and several terms as "and"', () => {
    expect(passes('state:disabled,enabled')).toBe(true);
    expect(passes('state:enabled state:disabled')).toBe(false);
    expect(passes('facet:cert', { facets: ['certificate', 'key'] })).toBe(true);
  });

  it('quotes values with spaces', () => {
    expect([passes('name:"payments s"'), passes('algorithm:"rsa 4096"')]).toEqual([true, false]);
  });

  it('turns a term round with a minus', () => {
    expect([passes('-state:enabled'), passes('-payments'), passes('-facet:secret')]).toEqual([false, false, true]);
    // A minus inside a word is part of the word.
    expect(passes('eu-west')).toBe(true);
  });

  it('measures how soon something ends; what has ended counts as sooner', () => {
    expect(passes('expires<30d', { expires: inDays(29) })).toBe(true);
    expect(passes('expires<30d', { expires: inDays(31) })).toBe(false);
    expect(passes('expires<30d', { expires: inDays(-5) })).toBe(true);
    expect(passes('expires>30d', { expires: inDays(31) })).toBe(true);
    expect(passes('expires<2w', { expires: inDays(13) })).toBe(true);
  });

  it('never matches a comparison where there is no time, and finds those by "never"', () => {
    expect([passes('expires<30d'), passes('expires>30d'), passes('expires:never')]).toEqual([false, false, true]);
    expect(passes('-expires<30d')).toBe(true);
    expect(passes('age>1d', { created: 'not a time' })).toBe(false);
  });

  it('measures the age', () => {
    expect([passes('age>400d'), passes('age>413d'), passes('age<=412d'), passes('age<412d')]).toEqual([true, false, true, false]);
  });

  it('knows pins and trouble', () => {
    const trouble = { kind: 'denied', operation: 'x', message: 'm', changed: { is: 'nothing' as const }, next: 'n', permission: null, refusedBy: null, requestId: null };
    expect([passes('is:pinned'), passes('is:pinned', {}, ['prod/eu-west-1/1234'])]).toEqual([false, true]);
    expect([passes('is:trouble'), passes('is:trouble', { trouble })]).toEqual([false, true]);
  });

  it.each([
    ['colour:red', 'colour'],
    ['state<enabled', 'state'],
    ['state:', 'state'],
    ['expires:soon', 'expires'],
    ['expires<soon', 'expires'],
    ['age>', 'age'],
    ['is:nice', 'is:nice'],
    ['constructor:x', 'constructor'],
  ])('says what is wrong with %s and hides nothing because of it', (text, named) => {
    const { problems, terms } = parse(text);
    expect(problems.map((problem) => problem.token)).toEqual([text]);
    expect(problems[0]?.message).toContain(named);
    expect(terms).toEqual([]);
  });

  it('keeps the terms that it understood beside those it did not', () => {
    const { problems, terms } = parse('payments colour:red "open');
    expect([problems.length, terms.length]).toEqual([2, 1]);
  });

  it('ends on any input', () => {
    for (const text of ['-', '--', '""', '"', ':', '<', '-:', 'a"b"c', ' ', '🔑:x', 'expires<99999999999d']) {
      const { problems, terms } = parse(text);
      expect(problems.length + terms.length, text).toBe(text.trim() === '' ? 0 : 1);
    }
  });
});
