import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeap } from './heap.ts';

test('what comes out is sorted, and all of it comes out', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (keys) => {
      const heap = createHeap();
      keys.forEach((key, index) => heap.push(key, index));
      const out = keys.map(() => heap.pop());
      expect(out.map((index) => keys[index])).toEqual(keys.toSorted((a, b) => a - b));
      expect([heap.size(), heap.firstKey(), heap.pop()]).toEqual([0, Infinity, -1]);
    }),
  );
});
