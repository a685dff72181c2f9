// What the banner says of a right that is lost by a text, and of one that was never there.
import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { policy } from '../../words/policy';
import Lockout from './Lockout.svelte';

const lockout = { caller: 'loses', says: 'No statement lets you.', next: null, others: [] };

test('a text that takes the right away is an alarm', () => {
  render(Lockout, { lockout, changed: true, id: 'a' });
  expect(screen.getByRole('alert').textContent).toContain(policy.lockout.loses);
});

test('whoever never had the right is told so, and not that they would lose it', () => {
  render(Lockout, { lockout, changed: false, id: 'a' });
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByRole('status').textContent).toContain(policy.lockout.lacks);
});

test('a word that is not known is never shown as safe', () => {
  render(Lockout, { lockout: { ...lockout, caller: 'perhaps' }, changed: true, id: 'a' });
  expect(screen.getByRole('status').textContent).toContain(policy.lockout['cannot-tell']);
});
