// The editor of code and the comparison of two texts. Nothing else imports this file but by `import()`: it is large, and
// most windows never show it.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { MergeView } from '@codemirror/merge';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { CodeMark } from './marks';

/** The colours of the window, in whichever theme: the variables follow it. */
const LOOK = EditorView.theme({
  '&': { height: '100%', minHeight: '0', fontSize: 'var(--mono-size)', color: 'var(--text)', backgroundColor: 'var(--bg)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: 'var(--line)', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', userSelect: 'text', cursor: 'text' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-1)', color: 'var(--text-3)', borderRight: '1px solid var(--border)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--surface-2) 55%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--surface-2)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: 'var(--accent-bg)' },
  '.cm-content ::selection': { color: 'inherit', backgroundColor: 'transparent' },
  '.cm-tooltip': { border: '1px solid var(--border-strong)', borderRadius: 'var(--radius)', backgroundColor: 'var(--bg)', color: 'var(--text)', boxShadow: 'var(--float-shadow)' },
  '.cm-diagnostic': { padding: '4px 10px', fontFamily: 'var(--font)', fontSize: 'var(--text-size)', maxWidth: '420px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--danger)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--info)' },
  '.cm-diagnosticAction': { border: '1px solid var(--border-strong)', borderRadius: 'var(--radius)', backgroundColor: 'var(--bg)', color: 'var(--text)', font: 'inherit' },
  '.cm-lintRange': { backgroundImage: 'none', textDecorationLine: 'underline', textDecorationStyle: 'wavy', textUnderlineOffset: '3px' },
  '.cm-lintRange-error': { textDecorationColor: 'var(--danger)' },
  '.cm-lintRange-warning': { textDecorationColor: 'var(--warn)' },
  '.cm-lintRange-info': { textDecorationColor: 'var(--info)' },
  '.cm-lintRange-active': { backgroundColor: 'var(--warn-bg)' },
  // Drawn as pictures by the library, in colours of its own; here they are signs, as everywhere in the window.
  '.cm-lint-marker': { content: 'normal', width: '1em', height: '1em', lineHeight: 'var(--line)' },
  '.cm-lint-marker-error': { content: '"✖"', color: 'var(--danger)' },
  '.cm-lint-marker-warning': { content: '"▲"', color: 'var(--warn)' },
  '.cm-lint-marker-info': { content: '"◇"', color: 'var(--info)' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--danger-bg)' },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--ok-bg)' },
  '&.cm-merge-a .cm-changedText': { background: 'none', textDecoration: 'line-through var(--danger)' },
  '&.cm-merge-b .cm-changedText': { background: 'none', textDecoration: 'underline 2px var(--ok)', textUnderlineOffset: '3px' },
  '.cm-collapsedLines': { padding: '2px 8px', background: 'var(--surface-2)', color: 'var(--text-2)', fontFamily: 'var(--font)' },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--info)' },
  { tag: tags.invalid, color: 'var(--danger)' },
]);

const SEVERITIES = { error: 'error', warning: 'warning', note: 'info' } as const;

function shared(text: string, label: string): Extension[] {
  return [
    lineNumbers(),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' }),
    syntaxHighlighting(COLOURS),
    LOOK,
    /^\s*[[{]/.test(text) ? json() : [],
  ];
}

export interface OpenEditor {
  write(text: string): void;
  mark(marks: readonly CodeMark[]): void;
  fix(fixed: boolean): void;
  reveal(from: number, to: number): void;
  focus(): void;
  close(): void;
}

export interface EditorWishes {
  text: string;
  label: string;
  fixed: boolean;
  marks: readonly CodeMark[];
  onchange: (text: string) => void;
}

/** Puts an editor into `parent`. The tab key is not its own: it leads on. */
export function openEditor(parent: HTMLElement, { text, label, fixed, marks, onchange }: EditorWishes): OpenEditor {
  const lock = new Compartment();
  const locked = (on: boolean) => [EditorState.readOnly.of(on), EditorView.contentAttributes.of({ 'aria-readonly': String(on) })];
  let theirs = false;
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      ...shared(text, label),
      history(),
      drawSelection(),
      highlightActiveLine(),
      indentOnInput(),
      bracketMatching(),
      lintGutter(),
      keymap.of([{ key: 'F8', run: nextDiagnostic }, { key: 'Shift-F8', run: previousDiagnostic }, ...defaultKeymap, ...historyKeymap]),
      lock.of(locked(fixed)),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !theirs) onchange(update.state.doc.toString());
      }),
    ],
  });
  const open: OpenEditor = {
    write(next) {
      const now = view.state.doc.toString();
      if (now === next) return;
      theirs = true;
      view.dispatch({ changes: between(now, next) });
      theirs = false;
    },
    mark(now) {
      view.dispatch(setDiagnostics(view.state, now.map((mark) => diagnostic(mark, view.state.doc.length))));
    },
    fix: (on) => view.dispatch({ effects: lock.reconfigure(locked(on)) }),
    reveal(from, to) {
      const end = view.state.doc.length;
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, effects: EditorView.scrollIntoView(Math.min(from, end), { y: 'center' }) });
      view.focus();
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
  open.mark(marks);
  return open;
}

/** Puts two texts side by side into `parent`; what is the same in both is folded. Gives what takes them away again. */
export function openComparison(parent: HTMLElement, before: readonly [text: string, label: string], after: readonly [text: string, label: string]): () => void {
  const side = ([text, label]: readonly [string, string]) => ({ doc: text, extensions: [...shared(text, label), EditorState.readOnly.of(true), EditorView.contentAttributes.of({ 'aria-readonly': 'true' })] });
  const view = new MergeView({ parent, a: side(before), b: side(after), gutter: true, collapseUnchanged: { margin: 3, minSize: 6 } });
  return () => view.destroy();
}

/** The one stretch in which two texts differ, so that the cursor stays where the rest is. */
function between(now: string, next: string): { from: number; to: number; insert: string } {
  const most = Math.min(now.length, next.length);
  let from = 0;
  while (from < most && now[from] === next[from]) from += 1;
  let back = 0;
  while (back < most - from && now[now.length - 1 - back] === next[next.length - 1 - back]) back += 1;
  return { from, to: now.length - back, insert: next.slice(from, next.length - back) };
}

function diagnostic({ from, to, severity, message, action }: CodeMark, end: number): Diagnostic {
  const actions = action ? [{ name: action.name, apply: () => action.run() }] : [];
  return { from: Math.min(from, end), to: Math.min(Math.max(from, to), end), severity: SEVERITIES[severity], message, actions };
}
