import { describe, expect, it } from 'vitest';
import { draw, type Bar } from './bars';

const bar = (id: string, count: number): Bar => ({ id, label: id, short: [id, ''], count });

describe('bars', () => {
  it('are as high as their numbers say, and none is drawn for zero', () => {
    const drawn = draw([bar('a', 10), bar('b', 5), bar('c', 0), bar('d', 1)], 400, 100, 12);
    expect(drawn.map(({ height }) => height)).toEqual([100, 50, 0, 10]);
    expect(drawn.map(({ y, height }) => y + height)).toEqual([100, 100, 100, 100]);
    expect(drawn.map(({ middle }) => middle)).toEqual([50, 150, 250, 350]);
  });

  it('can be seen beside one that is a thousand times as high', () => {
    expect(draw([bar('a', 100_000), bar('b', 1)], 400, 100, 12)[1]?.height).toBeGreaterThanOrEqual(2);
  });

  it('stay in the picture when all are zero, or there are none', () => {
    expect(draw([bar('a', 0)], 100, 100, 12)[0]).toMatchObject({ y: 100, height: 0 });
    expect(draw([], 100, 100, 12)).toEqual([]);
  });

  it('leave out words that would run into each other', () => {
    const many = Array.from({ length: 12 }, (_, at) => bar(`month${at}`, 1));
    expect(draw(many, 1200, 100, 12).every((one) => one.named)).toBe(true);
    expect(draw(many, 360, 100, 12).map((one) => one.named).slice(0, 4)).toEqual([true, false, true, false]);
  });
});
