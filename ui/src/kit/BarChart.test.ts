import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import BarChart from './BarChart.svelte';
import type { Bar } from './bars';

const bars: Bar[] = [
  { id: 'over', label: 'Over', short: ['past', ''], count: 1200, strong: true },
  { id: 'none', label: 'None', short: ['none', ''], count: 0 },
  { id: 'some', label: 'Some', short: ['some', ''], count: 3 },
];
const rest = { lines: [['Later', 7]] as const, says: 'Later: 7.' };

function show(props = {}) {
  const shown = render(BarChart, { props: { title: 'Fruit', about: 'How many pieces there are.', bars, columns: ['Kind', 'Pieces'] as [string, string], rest, mark: { at: 1.5, label: 'today' }, name: 'fruit', ...props } });
  return shown.container;
}

const drawn = (container: HTMLElement) => [...container.querySelectorAll<SVGElement>('[data-bar]')].map((bar) => [bar.dataset['bar'], Number(bar.dataset['count'])]);

beforeEach(() => localStorage.clear());

describe('a chart of bars', () => {
  it('is a picture with all of its numbers in words', () => {
    show();
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('Fruit. Over: 1,200; Some: 3. All others are zero.');
    expect(screen.getByText(/Later: 7\./)).toBeTruthy();
    expect(within(screen.getByRole('img')).getByText('today')).toBeTruthy();
  });

  it('has a table with the very same numbers, and what has no bar of its own', async () => {
    const container = show();
    const picture = drawn(container);
    await fireEvent.click(screen.getByRole('button', { name: 'Show as table: Fruit' }));
    const table = screen.getByRole('table', { name: 'How many pieces there are.' });
    const lines = within(table).getAllByRole('row').slice(1).map((row) => [within(row).getByRole('rowheader').textContent, Number(within(row).getByRole('cell').textContent?.replace(',', ''))]);
    expect(lines).toEqual([...bars.map((bar) => [bar.label, bar.count]), ['Later', 7]]);
    expect(picture).toEqual(bars.filter((bar) => bar.count > 0).map((bar) => [bar.id, bar.count]));
    expect(screen.queryByRole('img')).toBeNull();
  });

  it('keeps the choice between picture and table', async () => {
    show();
    await fireEvent.click(screen.getByRole('button', { name: 'Show as table: Fruit' }));
    show({ name: 'fruit', title: 'Again' });
    expect(screen.getByRole('button', { name: 'Show as chart: Again' })).toBeTruthy();
    show({ name: 'other', title: 'Other' });
    expect(screen.getByRole('button', { name: 'Show as table: Other' })).toBeTruthy();
  });

  it('tells by more than colour which bar needs somebody', () => {
    const container = show();
    const fill = (id: string) => container.querySelector(`[data-bar="${id}"]`)?.getAttribute('fill');
    expect(fill('over')).toMatch(/^url\(#.+\)$/);
    expect(container.querySelector(fill('over')!.slice(4, -1))?.tagName).toBe('pattern');
    expect(fill('some')).toBeNull();
  });

  it('has no style attribute, which the content security policy would refuse', () => {
    expect(show().querySelector('[style]')).toBeNull();
  });

  it('says that all are zero', () => {
    show({ bars: bars.map((bar) => ({ ...bar, count: 0 })) });
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('Fruit. All are zero.');
  });
});
