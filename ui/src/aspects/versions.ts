// The versions of an item, to choose one of.
import type { ItemWire } from '../host/contract.gen';
import { item as words } from '../words/item';

/** Value and label of each; the value of the current one is empty, so that it stays the current one after a rotation. */
export function versionChoices(item: ItemWire): [string, string][] {
  const others = item.versions.filter((one) => !one.current);
  return [['', words.secret.currentVersion], ...others.map((one): [string, string] => [one.id, one.id])];
}
