import { expect, it } from 'vitest';
import { itemOf } from '../test-host';
import { tabsOf } from './tabs';

it('keeps every tab, and greys a facet with its reason and permission', () => {
  const tabs = tabsOf(itemOf());
  expect(tabs.map((tab) => tab.name)).toEqual(['overview', 'certificate', 'key', 'secret', 'versions']);
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
