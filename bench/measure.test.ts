import { describe, expect, it } from 'vitest';
import { inTurns, quantile, spread } from './measure.ts';

describe('measuring in turns', () => {
  it('lets each contender go first as often as the others', async () => {
    const order: string[] = [];
    const contender = (name: string) => async () => order.push(name);
    await inTurns(2, { a: contender('a'), b: contender('b') });
    expect(order).toEqual(['a', 'b', 'b', 'a']);
  });
  it('keeps what each contender measured, by round', async () => {
    let value = 0;
    const next = async () => (value += 1);
    expect(await inTurns(2, { a: next, b: next })).toEqual({ a: [1, 4], b: [2, 3] });
  });
  it('ends when it is interrupted', async () => {
    await expect(inTurns(2, { a: async () => 1 }, AbortSignal.abort())).rejects.toThrow(/abort/);
  });
});

describe('a quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
  ])('of %d is the value at that rank', (share, value) => {
    expect(quantile(hundred, share)).toBe(value);
  });
  it('of nothing is an error', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('a spread', () => {
  it('shows the median, the extremes and how many there were', () => {
    expect(spread([3, 1, 200])).toBe('3.00 [1.00-200] of 3');
  });
});
