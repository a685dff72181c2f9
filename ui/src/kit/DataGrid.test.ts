import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import Harness from './GridHarness.test.svelte';
import { rowAfterKey } from './grid';
import { Selection } from './selection.svelte';

const MANY = Array.from({ length: 10_000 }, (_, at) => `word-${at}`);

async function grid(rows = MANY) {
  const selection = new Selection();
  const calls = { onopen: vi.fn(), onpeek: vi.fn(), onmenu: vi.fn() };
  const view = render(Harness, { rows, selection, ...calls });
  await tick();
  return { selection, ...calls, ...view };
}

const row = (name: string) => screen.getByText(name).closest<HTMLElement>('[role="row"]')!;
const press = async (key: string, init: KeyboardEventInit = {}) => {
  await fireEvent.keyDown(document.activeElement!, { key, ...init });
  await tick();
};

describe('the grid', () => {
  beforeEach(() => {
    // jsdom lays nothing out; the window of rows needs a height.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(432);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(800);
  });

  it('holds only the rows in view, and tells how many there are', async () => {
    await grid();
    const drawn = screen.getAllByRole('row');
    expect(drawn.length).toBeLessThan(60);
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('10001');
    expect(row('word-0').getAttribute('aria-rowindex')).toBe('2');
    expect(row('word-3').style.top).toBe('60px');
  });

  it('has one stop for Tab among its rows', async () => {
    await grid();
    expect(screen.getAllByRole('row').filter((one) => one.tabIndex === 0)).toEqual([row('word-0')]);
  });

  it('moves by arrows, by page and to the ends, and takes the focus along', async () => {
    const { selection } = await grid();
    row('word-0').focus();
    await press('ArrowDown');
    expect([selection.active, document.activeElement]).toEqual(['word-1', row('word-1')]);
    // 400 pixels of rows are 20 rows; one of them stays in view.
    await press('PageDown');
    expect(selection.active).toBe('word-20');
    await press('End');
    expect([selection.active, document.activeElement]).toEqual(['word-9999', row('word-9999')]);
    await press('ArrowDown');
    expect(selection.active).toBe('word-9999');
    await press('Home');
    expect(selection.active).toBe('word-0');
  });

  it('keeps the focused row in the document when it is scrolled out of view', async () => {
    await grid();
    row('word-0').focus();
    await press('End');
    expect(row('word-9999')).toBeTruthy();
    expect(screen.queryByText('word-5000')).toBeNull();
  });

  it('marks by click, Ctrl, Shift and the keyboard', async () => {
    const { selection } = await grid();
    await fireEvent.click(row('word-1'));
    expect([selection.subject, row('word-1').getAttribute('aria-selected')]).toEqual([['word-1'], 'true']);
    await fireEvent.click(row('word-3'), { ctrlKey: true });
    expect(selection.subject).toEqual(['word-1', 'word-3']);
    await fireEvent.click(row('word-5'), { shiftKey: true });
    expect(selection.subject).toEqual(['word-3', 'word-4', 'word-5']);
    await press('ArrowDown', { shiftKey: true });
    expect(selection.subject).toHaveLength(4);
    await press('a', { ctrlKey: true });
    expect(selection.subject).toHaveLength(10_000);
    await press('Escape');
    expect(selection.marks.size).toBe(0);
  });

  it('marks one row by its box and leaves the others alone', async () => {
    const { selection } = await grid();
    await fireEvent.click(row('word-1').querySelector('.mark')!);
    await fireEvent.click(row('word-2').querySelector('.mark')!);
    expect(selection.subject).toEqual(['word-1', 'word-2']);
  });

  it('opens, peeks and shows the menu by keyboard', async () => {
    const { onopen, onpeek, onmenu } = await grid();
    row('word-0').focus();
    await press('Enter');
    await press(' ');
    await press('F10', { shiftKey: true });
    expect([onopen.mock.calls[0]?.[0], onpeek.mock.calls[0]?.[0], onmenu.mock.calls[0]?.[0]]).toEqual(['word-0', 'word-0', 'word-0']);
  });

  it('leaves letters to shortcuts', async () => {
    await grid();
    row('word-0').focus();
    const event = new KeyboardEvent('keydown', { key: 'e', bubbles: true, cancelable: true });
    document.activeElement!.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
  });

  it('walks through cells after F2 and comes back by Escape', async () => {
    await grid();
    row('word-0').focus();
    await press('F2');
    expect(document.activeElement?.textContent).toBe('word-0');
    await press('ArrowRight');
    expect(document.activeElement?.textContent).toBe('6');
    await press('ArrowDown');
    expect(document.activeElement?.closest('[role="row"]')).toBe(row('word-1'));
    await press('Escape');
    expect(document.activeElement).toBe(row('word-1'));
  });

  it('sorts by its headers and says the order', async () => {
    await grid();
    const header = screen.getByRole('columnheader', { name: /Word/ });
    expect(header.getAttribute('aria-sort')).toBe('none');
    await fireEvent.click(within(header).getByRole('button'));
    expect(header.getAttribute('aria-sort')).toBe('ascending');
    await fireEvent.click(within(header).getByRole('button'));
    expect(header.getAttribute('aria-sort')).toBe('descending');
  });

  it('moves along the header and changes a width by keyboard', async () => {
    await grid();
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({ width: 80 } as DOMRect);
    screen.getByRole('button', { name: /Word/ }).focus();
    await press('ArrowRight');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: /Length/ }));
    await press('ArrowRight', { shiftKey: true });
    expect(screen.getByTestId('widths').textContent).toBe('{"length":96}');
    await press('ArrowDown');
    await tick();
    expect(document.activeElement).toBe(row('word-0'));
  });

  it('keeps the focus when rows change places under it', async () => {
    const { rerender, selection } = await grid(['a-one', 'b-two', 'c-three']);
    await fireEvent.click(row('c-three'));
    await tick();
    await rerender({ rows: ['c-three', 'b-two', 'a-one', 'd-four'] });
    await tick();
    expect([selection.active, document.activeElement]).toEqual(['c-three', row('c-three')]);
  });
});

describe('a key in a list', () => {
  it.each([
    ['ArrowUp', 0, 0],
    ['PageUp', 3, 0],
    ['PageDown', 8, 9],
    ['x', 3, null],
  ])('%s from row %i leads to %s', (key, at, to) => {
    expect(rowAfterKey(key, at, 10, 5)).toBe(to);
  });

  it('leads nowhere in an empty list', () => {
    expect(rowAfterKey('End', 0, 0, 5)).toBeNull();
  });
});
