import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import type { PromptRow } from '../host/contract.gen';
import { FakeHost } from '../host/fake';
import { HOST } from '../host/host';
import { Toasts, TOASTS } from '../kit/toasts.svelte';
import { prompts as words } from '../words/prompts';
import Prompt from './Prompt.svelte';

const browser: PromptRow = {
  id: 7,
  place: 'tenant contoso.onmicrosoft.com',
  page: 'https://login.microsoftonline.com/contoso/oauth2/v2.0/authorize?client_id=a',
  code: null,
  until: '2026-11-26T10:00:00Z',
};
const code: PromptRow = { ...browser, id: 8, place: 'tenant fabrikam', page: 'https://microsoft.com/devicelogin', code: 'ABCD-EFGH' };

function open() {
  const host = new FakeHost();
  render(Prompt, { context: new Map<unknown, unknown>([[HOST, host], [TOASTS, new Toasts()]]) });
  return host;
}

it('says nothing while nobody has to sign in', () => {
  open();
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('names the tenant and opens the page by the number of the prompt alone', async () => {
  const host = open();
  host.prompt([browser]);
  expect((await screen.findByRole('dialog')).textContent).toContain('Sign in to tenant contoso.onmicrosoft.com');
  await fireEvent.click(screen.getByRole('button', { name: words.open }));
  expect(host.asked).toContainEqual(['open_prompt', { id: 7 }]);
});

it('shows the code, and the next sign-in once the first is cancelled', async () => {
  const host = open();
  host.prompt([code, { ...browser, id: 9 }]);
  expect((await screen.findByTestId('prompt-code')).textContent).toBe('ABCD-EFGH');
  expect(screen.getByText(words.more(1))).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: words.cancel }));
  expect(host.asked).toContainEqual(['cancel_prompt', { id: 8 }]);
  await screen.findByText(words.browser);
  host.prompt([]);
  await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
});
