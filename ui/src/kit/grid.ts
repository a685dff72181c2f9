// What a grid shows, and which key goes where in it.

/** One column of a grid. */
export interface Column {
  id: string;
  title: string;
  /** Pixels at first. */
  width: number;
  align?: 'start' | 'end';
  /** Whether a click on its header sorts. */
  sortable?: boolean;
  /** Its share of what is left of the width; none if absent. */
  share?: number;
}

export interface Sort {
  column: string;
  descending: boolean;
}

export const NARROWEST = 48;
export const WIDEST = 900;
/** How far one key press moves a column's edge. */
export const WIDTH_STEP = 16;

/** Which row a key leads to from row `at` of `count`, with `page` rows in view; `null` if it leads nowhere. */
export function rowAfterKey(key: string, at: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
}

/** The sort after a click on a header: up, then down, then up again. */
export function nextSort(sort: Sort | null, column: string): Sort {
  return { column, descending: sort?.column === column && !sort.descending };
}

/** The least width of all columns together, in pixels. */
export function least(columns: readonly Column[], widths: Readonly<Record<string, number>>): number {
  return columns.reduce((sum, column) => sum + (widths[column.id] ?? column.width), 0);
}

/** The widths as the tracks of a CSS grid. */
export function tracks(columns: readonly Column[], widths: Readonly<Record<string, number>>): string {
  return columns
    .map((column) => {
      const width = widths[column.id] ?? column.width;
      return column.share && widths[column.id] === undefined ? `minmax(${width}px, ${column.share}fr)` : `${width}px`;
    })
    .join(' ');
}
