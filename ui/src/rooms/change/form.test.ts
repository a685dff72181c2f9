import { describe, expect, it } from 'vitest';
import type { QuestionWire } from '../../host/contract.gen';
import { change as words } from '../../words/change';
import { question } from '../test-host';
import { ChangeForm, pairsOf } from './form.svelte';

const AUTOMATIC = question({ name: 'automatic', kind: 'flag', preset: 'true' });
const DAYS = question({ name: 'days', kind: 'number', least: '90', most: '2560', required: true, preset: '365', shownWhen: ['automatic', ['true', 'perhaps']] });
const HOUR = question({ name: 'hour', kind: 'text', required: true, shownWhen: ['days', ['90']] });

const names = (form: ChangeForm) => form.shown.map((one) => one.name);

describe('the questions of a change', () => {
  it('hang on an answer, and on whether that was asked itself', () => {
    const form = new ChangeForm([AUTOMATIC, DAYS, HOUR]);
    expect(names(form)).toEqual(['automatic', 'days']);
    form.answers['days'] = '90';
    expect(names(form)).toEqual(['automatic', 'days', 'hour']);
    form.answers['automatic'] = 'false';
    expect(names(form)).toEqual(['automatic']);
    expect(form.problems()).toEqual({});
    expect(form.take().answers).toEqual({ automatic: 'false' });
  });

  it('do not hang on themselves for ever', () => {
    const form = new ChangeForm([question({ name: 'a', preset: 'x', shownWhen: ['b', ['x']] }), question({ name: 'b', preset: 'x', shownWhen: ['a', ['x']] })]);
    expect(names(form)).toEqual([]);
  });

  it('begin with what is there, or with what a person would see chosen', () => {
    const choices: [string, string][] = [['rsa', 'RSA'], ['ec', 'EC']];
    const form = new ChangeForm([
      question({ name: 'spec', kind: 'choice', choices, required: true }),
      question({ name: 'maybe', kind: 'choice', choices }),
      question({ name: 'replica', kind: 'flag' }),
      question({ name: 'tags', kind: 'pairs' }),
      question({ name: 'text', preset: 'as it is' }),
    ]);
    expect(form.answers).toEqual({ spec: 'rsa', maybe: '', replica: 'false', tags: '[]', text: 'as it is' });
  });

  it('choose what is known already, wherever it can be chosen and nowhere else', () => {
    const choices: [string, string][] = [['g-1', 'One'], ['g-2', 'Two']];
    const form = new ChangeForm([question({ name: 'grant', kind: 'choice', choices, preset: 'g-1' }), question({ name: 'reason' })], 'g-2');
    expect(form.answers).toEqual({ grant: 'g-2', reason: '' });
  });
});

describe('the answers of a change', () => {
  it.each<[Partial<QuestionWire>, string, string | null]>([
    [{ required: true }, '  ', words.form.problems.required('x')],
    [{ kind: 'secret', required: true }, '', words.form.problems.required('x')],
    [{ kind: 'choice', required: true, choices: [] }, '', words.form.problems.choose('x')],
    [{ kind: 'several', required: true }, '', words.form.problems.choose('x')],
    [{ kind: 'lines', required: true }, ' \n', words.form.problems.required('x')],
    [{ kind: 'number', least: '7', most: '30' }, '31', words.form.problems.number('x', '7', '30')],
    [{ kind: 'number', least: '7', most: '30' }, '7.5', words.form.problems.number('x', '7', '30')],
    [{ kind: 'number', least: '7', most: '30' }, '', null],
    [{ kind: 'number', least: '-1', most: '9223372036854775807' }, '9223372036854775807', null],
    [{ kind: 'number', least: '-1', most: '9223372036854775807' }, '9223372036854775808', words.form.problems.number('x', '-1', '9223372036854775807')],
    [{ kind: 'pairs' }, '[["","v"]]', words.form.problems.emptyKey],
    [{ kind: 'pairs' }, '[["a","1"],["b","2"],["a","3"]]', words.form.problems.keyTwice('a')],
    // Taking every tag away is an answer.
    [{ kind: 'pairs', required: true }, '[]', null],
  ])('%j with %j: %s', (parts, value, problem) => {
    const form = new ChangeForm([question({ name: 'x', ...parts })]);
    (parts.kind === 'secret' ? form.secrets : form.answers)['x'] = value;
    expect(form.problems()['x'] ?? null).toBe(problem);
  });

  it('are sent in the form that was asked for, lines and secrets as they were typed', () => {
    const form = new ChangeForm([
      question({ name: 'text' }),
      question({ name: 'list', kind: 'list' }),
      question({ name: 'lines', kind: 'lines' }),
      question({ name: 'value', kind: 'secret' }),
      question({ name: 'other', kind: 'secret' }),
    ]);
    form.answers = { text: ' a ', list: ' a, ,b ', lines: ' a \n' };
    form.secrets['value'] = ' s3cret ';
    expect(form.take()).toEqual({ answers: { text: 'a', list: 'a,b', lines: ' a \n' }, secrets: { value: ' s3cret ' } });
  });

  it('let go of what is secret as soon as it is taken', () => {
    const form = new ChangeForm([question({ name: 'value', kind: 'secret', required: true })]);
    form.secrets['value'] = 's3cret';
    form.take();
    expect(JSON.stringify(form.secrets)).not.toContain('s3cret');
    expect(form.wantsSecretsAgain).toBe(true);
    expect(form.problems()['value']).toBe(words.form.problems.required('value'));
  });

  it('read pairs only where they are pairs of texts', () => {
    expect(pairsOf('[["a","1"],["b"],"c",["d",2]]')).toEqual([['a', '1']]);
    expect([pairsOf('{"a":1}'), pairsOf('nonsense')]).toEqual([[], []]);
  });
});
