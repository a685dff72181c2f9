// The rows of a long list that are in view, by @tanstack/virtual-core, as runes.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualizerOptions } from '@tanstack/virtual-core';

/** What may change while the list is shown. */
export interface VirtualList {
  count: number;
  /** The height of each row in pixels. */
  row: number;
  /** The height of what stands above the rows in the same scroller. */
  above: number;
}

/** How many rows beyond the view are drawn, so that a fast wheel meets no holes. */
const OVERSCAN = 8;

export class VirtualRows {
  /** The numbers of the rows to draw, ascending and without a hole. */
  shown = $state.raw<readonly number[]>([]);
  /**
   * How many row elements there are. A row is drawn by the element of its number modulo this, so that scrolling and
   * filtering change the texts of elements that are there instead of making new ones.
   */
  readonly pool = $derived(2 ** Math.ceil(Math.log2(Math.max(16, this.shown.length))));

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
    };
  }
}
