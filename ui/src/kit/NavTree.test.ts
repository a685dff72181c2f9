import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import NavTree from './NavTree.svelte';

const NODES = [
  { id: 'home', label: 'Home' },
  { id: 'fruit', label: 'Fruit', heading: true, children: [{ id: 'apple', label: 'Apple' }, { id: 'pear', label: 'Pear', children: [{ id: 'nashi', label: 'Nashi' }] }] },
  { id: 'last', label: 'Last' },
];

function tree(current: string | null = 'home') {
  const onchoose = vi.fn();
  render(NavTree, { nodes: NODES, label: 'Food', current, onchoose });
  return onchoose;
}
const press = async (key: string) => {
  await fireEvent.keyDown(document.activeElement!, { key });
  await tick();
};
const at = () => document.activeElement?.textContent?.trim();
const item = (name: string) => screen.getByRole('treeitem', { name });

describe('the tree', () => {
  it('has one stop for Tab, at the node in view', () => {
    tree('apple');
    expect(screen.getAllByRole('treeitem').filter((one) => one.tabIndex === 0)).toEqual([item('Apple')]);
    expect(item('Nashi').getAttribute('aria-level')).toBe('3');
  });

  it('moves, opens, closes and goes to the parent by arrows', async () => {
    tree();
    item('Home').focus();
    await press('ArrowDown');
    await press('ArrowRight');
    expect(at()).toBe('Apple');
    await press('ArrowDown');
    await press('ArrowLeft');
    expect(item('Pear').getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByRole('treeitem', { name: 'Nashi' })).toBeNull();
    await press('ArrowLeft');
    expect(at()).toBe('Fruit');
    await press('End');
    expect(at()).toBe('Last');
    await press('Home');
    expect(at()).toBe('Home');
  });

  it('finds by letter and chooses by Enter', async () => {
    const onchoose = tree();
    item('Home').focus();
    await press('p');
    expect(at()).toBe('Pear');
    await press('Enter');
    expect(onchoose.mock.calls).toEqual([[expect.objectContaining({ id: 'pear' })]]);
  });

  it('opens and closes a heading instead of choosing it', async () => {
    const onchoose = tree();
    await fireEvent.click(item('Fruit'));
    expect(item('Fruit').getAttribute('aria-expanded')).toBe('false');
    expect(onchoose).not.toHaveBeenCalled();
  });
});
