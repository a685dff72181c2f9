// The three facets of an item, and why one of them cannot be opened.
import type { FacetWire, ItemWire } from '../host/contract.gen';

export type FacetName = 'certificate' | 'key' | 'secret';

/** In the order they are shown. */
export const FACETS: readonly FacetName[] = ['certificate', 'key', 'secret'];

/** Why a facet cannot be opened: the item has none, or it is closed for want of a permission. */
export interface Grey {
  why: 'absent' | 'closed';
  because: string;
  permission: string | null;
}

/** The facet of that kind; Rust always sends all three, so a missing one is a fault that shows as an absent facet. */
export function facetOf(item: ItemWire, name: FacetName): FacetWire {
  return (
    item.facets.find((facet) => facet.kind === name) ?? {
      kind: name,
      leaves: 'nothing',
      access: { is: 'absent', because: '' },
      operations: [],
      signs: [],
    }
  );
}

export function greyOf(facet: FacetWire): Grey | null {
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
