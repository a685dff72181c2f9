// Which row one is on, and which rows are marked, over any list of keys. Without marks, the row one is on is meant.

export class Selection {
  /** The row one is on. */
  active = $state<string | null>(null);
  /** The rows that were marked by hand. */
  marks = $state.raw<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  #anchor: string | null = null;

  /** What an action would act on. */
  get subject(): readonly string[] {
    if (this.marks.size > 0) return [...this.marks];
    return this.active === null ? [] : [this.active];
  }

  /** Whether a row looks selected. */
  has(key: string): boolean {
    return this.marks.size > 0 ? this.marks.has(key) : key === this.active;
  }

  /** Goes to `key`. Marks stay, so that several rows can be marked one by one. */
  go(key: string | null): void {
    this.active = key;
    if (this.marks.size === 0) this.#anchor = key;
  }

  /** A click without modifiers: this row alone. */
  only(key: string): void {
    this.active = key;
    this.#anchor = key;
    this.marks = new Set();
  }

  /** Marks or unmarks `key`. A row that was selected only because one is on it is marked with it (`both`). */
  toggle(key: string, both = false): void {
    const marks = new Set(this.marks);
    if (both && marks.size === 0 && this.active !== null) marks.add(this.active);
    if (!marks.delete(key)) marks.add(key);
    this.active = key;
    this.#anchor = key;
    this.marks = marks;
  }

  /** Marks everything from the anchor to `key`, in the order of `keys`. */
  extend(key: string, keys: readonly string[]): void {
    const to = keys.indexOf(key);
    const from = this.#anchor === null ? to : keys.indexOf(this.#anchor);
    const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    this.active = key;
    this.marks = new Set(keys.slice(first, last + 1));
  }

  /** Marks all of `keys`. */
  all(keys: readonly string[]): void {
    this.marks = new Set(keys);
  }

  /** Forgets everything, as for another list. */
  reset(): void {
    this.active = null;
    this.#anchor = null;
    this.marks = new Set();
  }

  clear(): void {
    this.marks = new Set();
    this.#anchor = this.active;
  }

  /** Forgets keys that are no longer in the list. */
  keep(exists: (key: string) => boolean): void {
    if (this.active !== null && !exists(this.active)) this.active = null;
    const marks = [...this.marks].filter(exists);
    if (marks.length !== this.marks.size) this.marks = new Set(marks);
  }
}
