import { expect, it } from 'vitest';
import type { ConsumerKindRow, ConsumerWire } from '../../host/contract.gen';
import { ConsumerForm } from './editor.svelte';

const KIND: ConsumerKindRow = {
  kind: 'door',
  title: 'Door',
  fields: [
    { name: 'house', label: 'House', help: '', required: true, shape: 'text' },
    { name: 'minutes', label: 'Minutes', help: '', required: false, shape: 'number' },
  ],
  check: 'said',
  holdsTwo: false,
};
const HOOK: ConsumerWire = { id: 'C1', kind: 'door', name: 'front', owner: 'home', note: '', fields: { house: '7' }, roundTrip: true, instances: 2, tell: { is: 'webhook', url: 'https://door.example', authority: '' }, realValues: true };

it('hands out what was there, if nothing was changed', () => {
  expect(new ConsumerForm(HOOK, '').take(KIND)).toEqual({ consumer: HOOK, secret: null });
  const command: ConsumerWire = { ...HOOK, tell: { is: 'command', program: '/bin/tell', arguments: ['--loud', 'two words'] } };
  expect(new ConsumerForm(command, '').take(KIND).consumer).toEqual(command);
});

it('says what is missing, and what is no number', () => {
  const form = new ConsumerForm(null, 'door');
  Object.assign(form, { instances: 'many', tell: 'command' });
  form.fields['minutes'] = 'soon';
  expect(Object.keys(form.problems(KIND)).sort()).toEqual(['field-house', 'field-minutes', 'instances', 'name', 'program']);
});

it('lets go of the secret with the first sending, and sends it to webhooks alone', () => {
  const form = new ConsumerForm(HOOK, '');
  form.secret = 's3cret';
  expect(form.take(KIND).secret).toBe('s3cret');
  expect([form.secret, form.secretSent, form.take(KIND).secret]).toEqual(['', true, null]);
  form.secret = 's3cret';
  form.tell = 'message';
  expect(form.take(KIND)).toMatchObject({ secret: null, consumer: { tell: { is: 'message' } } });
});

it('sends the answers of the kind alone', () => {
  const form = new ConsumerForm(HOOK, '');
  form.fields['of another kind'] = 'x';
  form.fields['minutes'] = ' ';
  expect(form.take(KIND).consumer.fields).toEqual({ house: '7' });
});
