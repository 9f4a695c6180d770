import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRunningDigest } from './running-digest.ts';

const sha = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');

/** Pieces of a few lengths, from an alphabet of two, so that beginnings are often equal. */
const course = fc.array(
  fc.array(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => bytes.map((byte) => byte % 2)),
    { maxLength: 4 },
  ),
  { minLength: 1, maxLength: 4 },
);

it('says of each earlier course whether it is the beginning of the present one, as far as there is one', () => {
  fc.assert(
    fc.property(course, (courses) => {
      const digest = createRunningDigest(true);
      const past: Buffer[] = [];
      for (const [index, pieces] of courses.entries()) {
        if (index > 0) digest.restart();
        for (const piece of pieces) digest.update(piece);
        past.push(Buffer.concat(pieces));
      }
      const now = past.at(-1) ?? Buffer.alloc(0);
      expect(digest.generation()).toBe(courses.length - 1);
      expect(digest.sha256()).toBe(sha('sha256', now));
      expect(digest.sha512()).toBe(sha('sha512', now));
      for (const [generation, before] of past.entries()) {
        const verdict = digest.continues(generation);
        if (verdict === 'yes') expect(now.subarray(0, before.length).equals(before)).toBe(true);
        // Nobody who got those bytes is told to go on, and none is left waiting once all of them came again.
        const longest = Math.max(...past.slice(generation, -1).map(({ length }) => length), 0);
        if (verdict === 'unknown') expect(now.length).toBeLessThan(longest);
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});

it('goes on with the same bytes in other pieces, and not with others', () => {
  const digest = createRunningDigest(false);
  digest.update(Buffer.from('begin'));
  digest.restart();
  digest.update(Buffer.from('be'));
  expect(digest.continues(0)).toBe('unknown');
  digest.update(Buffer.from('ginning'));
  expect(digest.continues(0)).toBe('yes');
  digest.restart();
  digest.update(Buffer.from('beginner and more'));
  expect([digest.continues(0), digest.continues(1), digest.continues(2)]).toEqual(['no', 'no', 'yes']);
});
