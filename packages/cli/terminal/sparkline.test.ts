import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test.each([
  [[0, 1, 2, 4, 8], 10, '▁▂▃▅█'],
  [[0, 0, 0], 10, '▁▁▁'],
  [[], 10, ''],
  [[1, 9, 1, 1], 2, '█▂'],
])('%j in %d columns is %s', (values, width, expected) => {
  expect(sparkline(values, width)).toBe(expected);
});

test('it never takes more than its width, and the peak is always in it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 600 }),
      fc.integer({ min: 1, max: 120 }),
      (values, width) => {
        const line = [...sparkline(values, width)];
        expect(line.length).toBe(Math.min(values.length, width));
        if (Math.max(...values) > 0) expect(line).toContain('█');
      },
    ),
  );
});
