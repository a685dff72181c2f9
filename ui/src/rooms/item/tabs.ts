// Which tabs an item has, and why a facet's tab is grey.
import type { FacetWire, ItemWire } from '../../host/contract.gen';

export type FacetName = 'certificate' | 'key' | 'secret';
export type TabName = 'overview' | FacetName | 'versions';

/** Why a tab cannot be opened: there is no such facet, or it is closed for want of a permission. */
export interface Grey {
  why: 'absent' | 'closed';
  because: string;
  permission: string | null;
}

export interface TabState {
  name: TabName;
  grey: Grey | null;
  /** How many things are behind it, where that helps. */
  count: number | null;
}

export const FACETS: readonly FacetName[] = ['certificate', 'key', 'secret'];

/** The facet of that kind; Rust always sends all three, so a missing one is a fault that shows as an absent facet. */
export function facetOf(item: ItemWire, name: FacetName): FacetWire {
  return (
    item.facets.find((facet) => facet.kind === name) ?? {
      kind: name,
      leaves: 'nothing',
      access: { is: 'absent', because: '' },
      operations: [],
    }
  );
}

export function tabsOf(item: ItemWire): TabState[] {
  return [
    { name: 'overview', grey: null, count: null },
    ...FACETS.map((name) => ({ name, grey: greyOf(facetOf(item, name)), count: null })),
    { name: 'versions', grey: null, count: item.versions.length },
  ];
}

function greyOf(facet: FacetWire): Grey | null {
  switch (facet.access.is) {
    case 'absent':
      return { why: 'absent', because: facet.access.because, permission: null };
    case 'closed':
      return { why: 'closed', because: facet.access.because, permission: facet.access.permission };
    case 'open':
    case 'untested':
      return null;
  }
}
