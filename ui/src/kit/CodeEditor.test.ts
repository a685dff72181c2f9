import { fireEvent, render, screen } from '@testing-library/svelte';
import { EditorView } from '@codemirror/view';
import { beforeEach, expect, it, vi } from 'vitest';
import CodeEditor from './CodeEditor.svelte';
import Diff from './Diff.svelte';
import type { CodeMark } from './marks';

beforeEach(() => {
  // jsdom lays nothing out; the editor measures its lines.
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
});

async function show(props: { value: string; readonly?: boolean; marks?: CodeMark[]; onchange?: (text: string) => void }) {
  const shown = render(CodeEditor, { props: { label: 'The text', ...props } });
  const box = await screen.findByRole('textbox', { name: 'The text' });
  return { ...shown, box, view: EditorView.findFromDOM(box)! };
}

it('tells what a person types, and not what it is given', async () => {
  const onchange = vi.fn();
  const { rerender, view } = await show({ value: '{"a": 1}', onchange });
  view.dispatch({ changes: { from: 6, to: 7, insert: '2' } });
  expect(onchange.mock.calls).toEqual([['{"a": 2}']]);
  await rerender({ value: '{"a": 2, "b": 3}' });
  expect(view.state.doc.toString()).toBe('{"a": 2, "b": 3}');
  expect(onchange).toHaveBeenCalledTimes(1);
});

it('keeps the cursor where the text beside it is given anew', async () => {
  const { rerender, view } = await show({ value: 'one two three' });
  view.dispatch({ selection: { anchor: 13 } });
  await rerender({ value: 'one TWO three' });
  expect(view.state.selection.main.anchor).toBe(13);
});

it('leaves the tab key to the window', async () => {
  const { box } = await show({ value: 'text' });
  // `fireEvent` answers whether the press was left as it is.
  expect(await fireEvent.keyDown(box, { key: 'Tab', code: 'Tab', keyCode: 9 })).toBe(true);
  expect(await fireEvent.keyDown(box, { key: 'Tab', code: 'Tab', keyCode: 9, shiftKey: true })).toBe(true);
});

it('marks no further than its text goes', async () => {
  const { view } = await show({ value: 'short', marks: [{ from: 2, to: 900, severity: 'error', message: 'Too far.' }] });
  expect(view.dom.querySelector('.cm-lintRange-error')?.textContent).toBe('ort');
});

it('can be locked and unlocked, and says so', async () => {
  const { rerender, box, view } = await show({ value: 'text', readonly: true });
  expect([view.state.readOnly, box.getAttribute('aria-readonly')]).toEqual([true, 'true']);
  await rerender({ readonly: false });
  expect([view.state.readOnly, box.getAttribute('aria-readonly')]).toEqual([false, 'false']);
});

it('puts two texts side by side, each by its name', async () => {
  render(Diff, { props: { before: 'one\ntwo', after: 'one\n2', beforeLabel: 'Before', afterLabel: 'After' } });
  expect((await screen.findByRole('textbox', { name: 'Before' })).textContent).toBe('onetwo');
  expect((await screen.findByRole('textbox', { name: 'After' })).textContent).toBe('one2');
});
