import { expect, it } from 'vitest';
import { itemOf } from '../test-host';
import { tabsOf } from './tabs';

it('keeps every tab, and greys a facet with its reason and permission', () => {
  const tabs = tabsOf(itemOf());
  expect(tabs.map((tab) => tab.name)).toEqual(['overview', 'certificate', 'key', 'secret', 'versions', 'used-by']);
  expect(tabs[1]?.grey).toEqual({ why: 'absent', because: 'This key has no certificate.', permission: null });
  expect(tabs[2]?.grey).toBeNull();
  expect(tabs[3]?.grey).toEqual({ why: 'closed', because: 'The role may not read values.', permission: 'cellar:ReadSecret' });
});

it('leaves a facet open that only trying will tell about', () => {
  const item = itemOf();
  item.facets = [{ kind: 'key', leaves: 'public-part', access: { is: 'untested' }, operations: [], signs: [] }];
  const tabs = tabsOf(item);
  expect(tabs[2]?.grey).toBeNull();
  expect(tabs[3]?.grey?.why).toBe('absent');
});

it('tells who uses a key or a certificate, with their number, and nothing of a secret alone', () => {
  expect(tabsOf(itemOf(), 3).at(-1)).toEqual({ name: 'used-by', grey: null, count: 3 });
  const secret = itemOf({ facets: itemOf().facets.map((facet) => (facet.kind === 'secret' ? facet : { ...facet, access: { is: 'absent', because: 'None.' } })) });
  expect(tabsOf(secret, 3).map((tab) => tab.name)).not.toContain('used-by');
});
