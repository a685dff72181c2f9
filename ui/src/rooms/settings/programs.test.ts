import { describe, expect, it } from 'vitest';
import { shell } from '../../words/shell';
import { hostWith, pending, wireError } from '../test-host';
import { Programs } from './programs.svelte';

const words = shell.settings.programs.problems;

async function programsOf(list: string[]) {
  let kept = list;
  const host = hostWith({ allowed_commands: () => ({ programs: kept }), set_allowed_commands: ({ programs }) => ({ programs: (kept = [...programs].sort()) }) });
  const programs = new Programs(host);
  await programs.read();
  return { programs, host };
}

describe('the programs that may be told', () => {
  it('are added by whole path, and shown as they were kept', async () => {
    const { programs } = await programsOf(['/opt/tell']);
    programs.path = ' /bin/tell ';
    expect(await programs.add()).toBe('/bin/tell');
    expect([programs.list, programs.path]).toEqual([['/bin/tell', '/opt/tell'], '']);
  });

  it.each([
    ['', words.empty],
    ['tell', words.notWhole],
    ['./tell', words.notWhole],
    ['~/bin/tell', words.notWhole],
    ['/', words.notWhole],
    ['/opt/tell', words.twice],
    ['C:\\Tools\\tell.exe', ''],
    ['\\\\server\\tools\\tell.exe', ''],
  ])('%s is %s', async (path, problem) => {
    const { programs, host } = await programsOf(['/opt/tell']);
    programs.path = path;
    await programs.add();
    expect(programs.problem).toBe(problem);
    expect(host.asked.some(([command]) => command === 'set_allowed_commands')).toBe(problem === '');
  });

  it('are taken out one by one', async () => {
    const { programs, host } = await programsOf(['/a/b', '/c/d']);
    expect(await programs.remove('/a/b')).toBe(true);
    expect([programs.list, host.asked.at(-1)]).toEqual([['/c/d'], ['set_allowed_commands', { programs: ['/c/d'] }]]);
  });

  it('stay as they were when they could not be kept, and what was typed stays, too', async () => {
    const programs = new Programs(hostWith({ allowed_commands: () => ({ programs: ['/a/b'] }), set_allowed_commands: () => Promise.reject(wireError({ message: 'The file is read-only.' })) }));
    await programs.read();
    programs.path = '/c/d';
    expect([await programs.add(), programs.list, programs.path, programs.error?.message]).toEqual([null, ['/a/b'], '/c/d', 'The file is read-only.']);
    expect(await programs.remove('/a/b')).toBe(false);
  });

  it('are never written over before they were read', async () => {
    const answer = pending<{ programs: string[] }>();
    const host = hostWith({ allowed_commands: () => answer.promise, set_allowed_commands: ({ programs }) => ({ programs }) });
    const programs = new Programs(host);
    const reading = programs.read();
    programs.path = '/c/d';
    expect([await programs.add(), await programs.remove('/a/b')]).toEqual([null, false]);
    answer.resolve({ programs: ['/a/b'] });
    await reading;
    expect([programs.list, host.asked.length]).toEqual([['/a/b'], 1]);
  });
});
