import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';

const draw = (seed: number, count: number): readonly number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('a stream of random numbers', () => {
  test('is determined by its seed', () => {
    expect(draw(7, 100)).toEqual(draw(7, 100));
    expect(draw(7, 100)).not.toEqual(draw(8, 100));
  });

  test('is spread evenly', () => {
    const buckets = Array.from({ length: 16 }, () => 0);
    for (const value of draw(1, 16_000)) buckets[Math.floor(value * 16)] = (buckets[Math.floor(value * 16)] ?? 0) + 1;
    for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('gives whole numbers of a range, both ends included', () => {
    const random = createRandom(3);
    const values = new Set(Array.from({ length: 200 }, () => random.between(2, 5)));
    expect([...values].sort()).toEqual([2, 3, 4, 5]);
  });

  test('is not moved by what is drawn from a fork', () => {
    const [one, other] = [createRandom(5), createRandom(5)];
    const fork = one.fork();
    other.fork();
    for (let n = 0; n < 10; n += 1) fork.next();
    expect(one.next()).toBe(other.next());
  });

  test('picks nothing from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});
