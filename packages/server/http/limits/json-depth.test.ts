import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertShallow } from './json-depth.ts';

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);

describe('JSON', () => {
  it.each([
    ['64 levels', nested(64)],
    ['brackets in a string', JSON.stringify({ text: nested(500) })],
    ['a string with an escaped quote', JSON.stringify(`"${'['.repeat(100)}`)],
    ['many beside each other', `[${'[],'.repeat(10_000)}[]]`],
    ['a string without an end', '"[[['],
  ])('with %s is taken', (_, text) => expect(() => assertShallow(text)).not.toThrow());

  it.each([
    ['65 levels', nested(65)],
    ['65 objects', nested(65, '{"a":', '}')],
    ['a million brackets', '['.repeat(1_000_000)],
    ['depth after a string', `["\\\\",${nested(64)}]`],
  ])('with %s is refused', (_, text) =>
    expect(() => assertShallow(text)).toThrow(expect.objectContaining({ code: 'too-deep' })),
  );

  it('of any kind that is not so deep is taken', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 20 }), (text) => {
        assertShallow(text);
      }),
    );
  });
});
