// The rows of a long list that are in view, by @tanstack/virtual-core, as runes.
import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type Range,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';

/** What may change while the list is shown. */
export interface VirtualList {
  count: number;
  /** The height of each row in pixels. */
  row: number;
  /** The height of what stands above the rows in the same scroller. */
  above: number;
  /** A row that is kept although it is out of view, because it has the focus. */
  keep: number | null;
}

/** How many rows beyond the view are drawn, so that a fast wheel meets no holes. */
const OVERSCAN = 8;

export class VirtualRows {
  /** The numbers of the rows to draw, ascending. */
  shown = $state.raw<readonly number[]>([]);

  /** Follows `list` while the component lives. Call it while the component is being set up. */
  constructor(scroller: () => HTMLElement | null, list: () => VirtualList) {
    const virtualizer = new Virtualizer(this.options(scroller, list()));
    let height = list().row;
    $effect(() => virtualizer._didMount());
    $effect(() => {
      const now = list();
      virtualizer.setOptions(this.options(scroller, now));
      if (now.row !== height) virtualizer.measure();
      height = now.row;
      virtualizer._willUpdate();
      this.read(virtualizer);
    });
  }

  private read(virtualizer: Virtualizer<HTMLElement, Element>): void {
    const shown = virtualizer.getVirtualItems().map((item) => item.index);
    if (shown.length !== this.shown.length || shown.some((index, at) => index !== this.shown[at])) this.shown = shown;
  }

  private options(scroller: () => HTMLElement | null, list: VirtualList): VirtualizerOptions<HTMLElement, Element> {
    return {
      count: list.count,
      estimateSize: () => list.row,
      scrollMargin: list.above,
      overscan: OVERSCAN,
      getScrollElement: scroller,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: (virtualizer) => this.read(virtualizer),
      rangeExtractor: (range) => withKept(range, list.keep),
    };
  }
}

function withKept(range: Range, keep: number | null): number[] {
  const shown = defaultRangeExtractor(range);
  if (keep === null || keep < 0 || keep >= range.count || shown.includes(keep)) return shown;
  return keep < (shown[0] ?? 0) ? [keep, ...shown] : [...shown, keep];
}
