// Shortcuts as text (`Ctrl+K`, `g i`, `?`): reading a key press, and waiting for the second key of two.

/** How long the second key of two may take, in milliseconds. */
const PAUSE = 1200;

const IS_MAC = typeof navigator !== 'undefined' && /Mac/.test(navigator.userAgent);

/** A key press as shortcuts are written. On macOS the command key counts as `Ctrl`. */
export function pressed(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  const printable = event.key.length === 1;
  // For printable keys Shift is already in the key (`?`), unless another modifier made a combination of it.
  if (event.shiftKey && (!printable || parts.length > 0 || /\p{L}/u.test(event.key))) parts.push('Shift');
  parts.push(printable && (parts.length > 0 || /\p{L}/u.test(event.key)) ? event.key.toUpperCase() : event.key);
  return parts.join('+');
}

/** Whether a shortcut is a letter or sign alone, which a person may want to switch off. */
export function isSingle(keys: string): boolean {
  return keys.split(' ').every((key) => key.length === 1);
}

/** Whether key presses are text here. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['button', 'checkbox', 'radio', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

/** A shortcut as a person reads it on this computer. */
export function keysText(keys: string): string {
  const text = keys.replaceAll('ArrowLeft', '←').replaceAll('ArrowRight', '→').replace(/\bEscape\b/, 'Esc').replace(/\bEnter\b/, '⏎');
  return IS_MAC ? text.replaceAll('Ctrl+', '⌘').replaceAll('Alt+', '⌥').replaceAll('Shift+', '⇧') : text;
}

/** Joins two key presses to one shortcut where the first begins one. */
export class Chords {
  #first: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The shortcut this press completes, or `null` while it only begins one. */
  press(key: string, beginnings: ReadonlySet<string>): string | null {
    clearTimeout(this.#timer);
    const first = this.#first;
    this.#first = null;
    if (first !== null) return `${first} ${key}`;
    if (!beginnings.has(key)) return key;
    this.#first = key;
    this.#timer = setTimeout(() => (this.#first = null), PAUSE);
    return null;
  }
}
