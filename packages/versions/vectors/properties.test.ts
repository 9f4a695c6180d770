import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion, orderVersions, SCHEMES } from '../index.ts';
import { GRAMMARS } from './grammars/index.ts';
import { pairsOf } from './pairs.ts';

const POOLS = 60;
const POOL_PAIRS = 25;

/** Texts that differ little, so that all of their triples are worth a look. */
function poolsOf(scheme: string): readonly (readonly string[])[] {
  const grammar = GRAMMARS.get(scheme);
  if (grammar === undefined) throw new Error(`there is no grammar for ${scheme}`);
  return Array.from({ length: POOLS }, (_, seed) => {
    // With few numbers left the texts of a pool meet each other more often.
    const texts = pairsOf(grammar, POOL_PAIRS, seed)
      .flat()
      .map((text) => (seed % 2 === 0 ? text : text.replace(/[0-9]+/g, (digits) => digits.slice(-1))));
    return texts.filter((text) => isVersion(scheme, text));
  });
}

function orderOrNull(scheme: string, a: string, b: string): number | null {
  const result = orderVersions(scheme, a, b);
  return 'order' in result ? result.order : null;
}

/** The others have an answer for any two versions. */
const PARTIAL = new Set(['alpm', 'generic', 'windows']);

describe.each([...GRAMMARS.keys()])('the order of %s', (scheme) => {
  const pools = poolsOf(scheme);

  it('is reflexive and antisymmetric', () => {
    for (const pool of pools)
      for (const a of pool) {
        expect(orderOrNull(scheme, a, a)).toBe(0);
        for (const b of pool) {
          const order = orderOrNull(scheme, a, b);
          const reverse = orderOrNull(scheme, b, a);
          if ((order === null) !== (reverse === null) || (order ?? 0) + (reverse ?? 0) !== 0)
            expect.fail(`${a} against ${b} is ${order}, the other way round ${reverse}`);
        }
      }
  });

  it('is transitive wherever it answers', () => {
    const broken: string[] = [];
    for (const pool of pools.flatMap((texts) => (scheme === 'alpm' ? byPresenceOfRelease(texts) : [texts]))) {
      const orders = pool.map((a) => pool.map((b) => orderOrNull(scheme, a, b)));
      for (const [a, ofA] of orders.entries())
        for (const [b, ab] of ofA.entries())
          for (const [c, ac] of ofA.entries()) {
            const bc = orders[b]?.[c] ?? null;
            if (ab === null || bc === null || ac === null) continue;
            if (ab <= 0 && bc <= 0 && (ac > 0 || (ac === 0 && ab + bc < 0)))
              broken.push(`${pool[a]} ≤ ${pool[b]} ≤ ${pool[c]}, but not ${pool[a]} ≤ ${pool[c]}`);
          }
    }
    expect(broken.slice(0, 5)).toEqual([]);
  });

  it('has pools with many versions in them', () => {
    expect(pools.flat().length).toBeGreaterThan((POOLS * POOL_PAIRS) / 2);
  });
});

describe.each([...GRAMMARS.keys()].filter((scheme) => !PARTIAL.has(scheme)))('the total order of %s', (scheme) => {
  it('has an answer for any two versions', () => {
    const missing = poolsOf(scheme).flatMap((pool) =>
      pool.flatMap((a) => pool.filter((b) => orderOrNull(scheme, a, b) === null).map((b) => `${a} against ${b}`)),
    );
    expect(missing).toEqual([]);
  });
});

/** vercmp compares pkgrel only where both have one, so its order is one among those that have it, and one among the others. */
function byPresenceOfRelease(texts: readonly string[]): readonly (readonly string[])[] {
  return [texts.filter((text) => text.includes('-')), texts.filter((text) => !text.includes('-'))];
}

describe.each(SCHEMES.map(({ id }) => id))('any text, as %s', (scheme) => {
  const answersOrThrowsAVersionError = (a: string, b: string): void => {
    try {
      expect([-1, 0, 1]).toContain(compareVersions(scheme, a, b));
    } catch (error) {
      expect(error).toMatchObject({ name: 'VersionError', scheme });
    }
  };

  it('gets an answer or a VersionError', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1'));
    const near = fc.string({ unit: fc.constantFrom(...'0019azAZ~^._+-:,*()!\0\n\t ١é'), maxLength: 24 });
    const text = fc.oneof(bytes, near, fc.string({ unit: 'binary' }));
    fc.assert(fc.property(text, text, answersOrThrowsAVersionError), { seed: 4, numRuns: 3_000 });
  });

  it('is bounded: a megabyte of anything is no version', () => {
    for (const part of ['9', '1.', '0', '~', '1-', 'a', '_', '.a', '1:', ' ', '\0'])
      expect(isVersion(scheme, part.repeat(1_000_000 / part.length))).toBe(false);
  });

  it('is no version when empty, blank or with a control character in it', () => {
    for (const text of ['', ' ', '\t', '1\n', '1\0', '1\u00070', '\u00A0', '1\u20280'])
      expect({ text, is: isVersion(scheme, text) }).toEqual({ text, is: false });
  });
});
