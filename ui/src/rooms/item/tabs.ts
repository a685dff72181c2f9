// Which tabs an item has, and why a facet's tab is grey.
import { FACETS, facetOf, greyOf, type FacetName, type Grey } from '../../aspects/facets';
import type { ItemWire } from '../../host/contract.gen';
import { item as words } from '../../words/item';

export type TabName = 'overview' | FacetName | 'versions' | 'used-by';

export interface TabState {
  name: TabName;
  grey: Grey | null;
  /** How many things are behind it, where that helps. */
  count: number | null;
}

/** `consumers` is how many are known to use the item, once that was read. */
export function tabsOf(item: ItemWire, consumers: number | null = null): TabState[] {
  // Who uses a key or a certificate must hear of its rotation.
  const used = (['certificate', 'key'] as const).some((name) => greyOf(facetOf(item, name))?.why !== 'absent');
  return [
    { name: 'overview', grey: null, count: null },
    ...FACETS.map((name) => ({ name, grey: greyOf(facetOf(item, name)), count: null })),
    { name: 'versions', grey: null, count: item.versions.length },
    ...(used ? [{ name: 'used-by' as const, grey: null, count: consumers }] : []),
  ];
}

/** Why a tab is grey, in one line: what is missing, the reason of the place, and the permission by its name. */
export function reasonOf(name: TabName, grey: Grey | null): string | null {
  if (!grey) return null;
  const what = grey.why === 'absent' ? words.tabAbsent(words.tabs[name]) : words.tabClosed(words.tabs[name]);
  const permission = grey.permission ? `${words.tabNeeds}: ${grey.permission}` : '';
  return [what, grey.because, permission].filter((part) => part !== '').join(' ');
}
