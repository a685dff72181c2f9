import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { HOST } from '../../host/host';
import { TOASTS, Toasts } from '../../kit/toasts.svelte';
import { shell } from '../../words/shell';
import { hostWith, wireError } from '../test-host';
import Programs from './Programs.svelte';

const words = shell.settings.programs;

function show(answers: Parameters<typeof hostWith>[0]) {
  const host = hostWith(answers);
  const toasts = new Toasts();
  render(Programs, { context: new Map<symbol, unknown>([[HOST, host], [TOASTS, toasts]]) });
  return { host, toasts };
}

describe('the programs that may be told', () => {
  it('are listed, added from the dialog or by typing, and removed', async () => {
    const { host, toasts } = show({
      allowed_commands: () => ({ programs: ['/opt/tell'] }),
      set_allowed_commands: ({ programs }) => ({ programs }),
      choose_path: () => ({ path: '/usr/bin/page' }),
    });
    await screen.findByText('/opt/tell');
    await fireEvent.click(screen.getByRole('button', { name: words.add }));
    expect(screen.getByText(words.problems.empty)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: `Choose a file: ${words.path}` }));
    await vi.waitFor(() => expect(screen.queryByText(words.problems.empty)).toBeNull());
    await fireEvent.click(screen.getByRole('button', { name: words.add }));
    await screen.findByText('/usr/bin/page');
    await fireEvent.click(screen.getByRole('button', { name: words.remove('/opt/tell') }));
    await vi.waitFor(() => expect(screen.queryByText('/opt/tell')).toBeNull());
    expect(host.asked.filter(([command]) => command === 'set_allowed_commands').at(-1)?.[1]).toEqual({ programs: ['/usr/bin/page'] });
    expect(toasts.notices.map((notice) => notice.text)).toEqual([words.added('/usr/bin/page'), words.removed('/opt/tell')]);
    expect(document.activeElement).toBe(screen.getByRole('textbox'));
  });

  it('say why they could not be read, and are not added to until they are', async () => {
    const answers = [Promise.reject(wireError({ message: 'The file is damaged.' })), Promise.resolve({ programs: [] })];
    show({ allowed_commands: () => answers.shift()! });
    await screen.findByText('The file is damaged.');
    expect(screen.getByRole('button', { name: words.add }).getAttribute('aria-disabled')).toBe('true');
    await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(words.none)).toBeTruthy();
  });
});
