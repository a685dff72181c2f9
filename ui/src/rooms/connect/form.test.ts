import { describe, expect, it } from 'vitest';
import { connect as words } from '../../words/connect';
import { field, formOf } from '../test-host';
import { FormState, NAME } from './form.svelte';

const form = formOf(
  field({ name: 'address', label: 'Address', required: true }),
  field({ name: 'auth', kind: 'choice', choices: [['token', 'Token'], ['password', 'Password']], required: true }),
  field({ name: 'token', label: 'Token', kind: 'secret', required: true, shownWhen: ['auth', ['token']] }),
  field({ name: 'user', label: 'User', required: true, shownWhen: ['auth', ['password']] }),
  field({ name: 'realm', kind: 'choice', choices: [['a', 'A'], ['b', 'B']], shownWhen: ['auth', ['password']] }),
  field({ name: 'realm-b', label: 'Realm B', required: true, shownWhen: ['realm', ['b']] }),
  field({ name: 'regions', label: 'Regions', kind: 'list' }),
);

function filled() {
  const state = new FormState(form);
  state.name = 'home';
  state.answers.address = ' https://cellar.test ';
  state.secrets.token = ' with blanks ';
  return state;
}

describe('a connection form', () => {
  it('presets the first choice and asks only the questions that hang on it', () => {
    const state = new FormState(form);
    expect(state.answers.auth).toBe('token');
    expect(state.shown.map((one) => one.name)).toEqual(['address', 'auth', 'token', 'regions']);
    state.answers.auth = 'password';
    expect(state.shown.map((one) => one.name)).toEqual(['address', 'auth', 'user', 'realm', 'regions']);
  });

  it('hides what hangs on a hidden question, even when that one holds the value', () => {
    const state = new FormState(form);
    state.answers.auth = 'password';
    state.answers.realm = 'b';
    expect(state.shown.map((one) => one.name)).toContain('realm-b');
    state.answers.auth = 'token';
    expect(state.shown.map((one) => one.name)).not.toContain('realm-b');
  });

  it('does not loop when two questions hang on each other', () => {
    const state = new FormState(
      formOf(field({ name: 'a', shownWhen: ['b', ['1']] }), field({ name: 'b', shownWhen: ['a', ['1']] })),
    );
    state.answers.a = '1';
    state.answers.b = '1';
    expect(state.shown).toEqual([]);
  });

  it('names every missing answer, but none of a question that is not asked', () => {
    const problems = new FormState(form).problems([]);
    expect(Object.keys(problems).sort()).toEqual([NAME, 'address', 'token'].sort());
    expect(problems.address).toBe(words.problems.required('Address'));
  });

  it('refuses a name that is taken, and blanks as a name', () => {
    const state = filled();
    expect(state.problems(['home'])).toEqual({ [NAME]: words.problems.nameTaken('home') });
    state.name = '  ';
    expect(state.problems([])).toEqual({ [NAME]: words.problems.nameMissing });
    state.name = ' home ';
    expect(state.problems(['home'])).toEqual({ [NAME]: words.problems.nameTaken('home') });
  });

  it('refuses control characters, which would break a settings file or a header', () => {
    const state = filled();
    state.answers.address = 'https://cellar.test\u0000/';
    expect(state.problems([])).toEqual({ address: words.problems.control('Address') });
  });

  it('sends trimmed answers, untouched secrets, a clean list, and nothing of hidden questions', () => {
    const state = filled();
    state.answers.user = 'left over';
    state.answers.regions = ' eu-west-1, ,eu-central-1 ,';
    expect(state.draft('staging', true)).toEqual({
      name: 'home',
      provider: 'cellar',
      environment: 'staging',
      answers: { address: 'https://cellar.test', auth: 'token', regions: 'eu-west-1,eu-central-1' },
      secrets: { token: ' with blanks ' },
      keep: true,
    });
  });

  it('forgets its secrets', () => {
    const state = filled();
    state.forget();
    expect(state.draft('staging', true).secrets).toEqual({});
  });
});
