import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

/** Texts near the border between versions and garbage: few letters, all the signs that have a meaning. */
const piece = fc.stringMatching(/^[0-9a-zA~.+:-]{0,8}$/);
const version = fc
  .tuple(
    fc.constantFrom('', '', '0:', '1:', '00001:', '2147483647:'),
    fc.stringMatching(/^[0-9]{1,3}[0-9abZ~.+-]{0,7}$/),
    fc.constantFrom('', '', '-0', '-1', '-1~deb12u2', '-0+deb12u1', '-1.1ubuntu3', '-00'),
  )
  .map((parts) => parts.join(''))
  .filter((text) => isVersion('deb', text));

describe('the deb order', () => {
  it.each([
    ['1.0', '1.0-0', 0],
    ['1.0~rc1-1', '1.0-1', -1],
    ['1.0-1~bpo12+1', '1.0-1', -1],
    ['3.0.20-1~deb12u2', '3.0.22-1~deb12u2', -1],
    ['1:0.9', '2.0', 1],
    ['1.22.1-9+deb12u9', '1.22.1-9+deb12u11', -1],
    ['1.0a', '1.0+', -1],
    ['1.0~~', '1.0~~a', -1],
    ['1.0~', '1.0', -1],
    ['20260102030405060708', '20260102030405060709', -1],
    ['01.002', '1.2', 0],
  ] as const)('%s against %s is %i', (a, b, expected) => {
    expect(compareVersions('deb', a, b)).toBe(expected);
    expect(compareVersions('deb', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('refuses what is no version instead of ordering it', () => {
    for (const garbage of ['', ' ', 'a1', ':1', 'x:1', '1-', '-1', '1_2', '1 2', '2147483648:1', '1:', '1.0\n', '١'])
      expect(() => compareVersions('deb', garbage, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: garbage }),
      );
  });

  it('refuses a scheme that it does not know', () => {
    expect(() => compareVersions('constructor', '1', '1')).toThrow(expect.objectContaining({ code: 'unknown-scheme' }));
  });

  it('is total: reflexive, antisymmetric and transitive', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(compareVersions('deb', a, a)).toBe(0);
        expect(compareVersions('deb', a, b) + compareVersions('deb', b, a)).toBe(0);
        if (compareVersions('deb', a, b) <= 0 && compareVersions('deb', b, c) <= 0)
          expect(compareVersions('deb', a, c)).toBeLessThanOrEqual(0);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it('answers or throws a VersionError for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        try {
          expect([-1, 0, 1]).toContain(compareVersions('deb', a, b));
        } catch (error) {
          expect(error).toMatchObject({ name: 'VersionError' });
        }
      }),
      { seed: 2 },
    );
  });
});

const dpkg = existsSync('/usr/bin/dpkg');
if (!dpkg) process.stderr.write('\n!!! SKIPPED: the deb order against dpkg itself: this machine has no dpkg !!!\n\n');

describe.skipIf(!dpkg)('the oracle', () => {
  it('orders like dpkg and accepts what dpkg accepts', () => {
    const near = fc.oneof(
      version,
      piece.filter((text) => !/^\s|\s$/.test(text)),
    );
    /** Neighbours of one version, equal ones among them: unrelated pairs differ at the first letter. */
    const sibling = version.chain((text) =>
      fc.tuple(
        fc.constant(text),
        fc.constantFrom(`0:${text}`, `${text}-0`, `${text}~`, `0${text}`, `${text}0`, `${text}a`),
      ),
    );
    const pairs = fc.sample(fc.oneof(fc.tuple(near, near), sibling), { seed: 3, numRuns: 1_500 });
    // One shell for all: dpkg decides on each pair; `validate-version` exits 0 also for versions that it only warns of.
    const script = `
      while IFS=' ' read -r a b; do
        a=\${a#v}; b=\${b#v}
        dpkg --validate-version "$a" 2>/dev/null && dpkg --validate-version "$b" 2>/dev/null || { echo garbage; continue; }
        if dpkg --compare-versions "$a" lt "$b"; then echo -1
        elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi
      done`;
    const input = pairs.map(([a, b]) => `v${a} v${b}\n`).join('');
    const answers = spawnSync('/bin/sh', ['-c', script], { input, encoding: 'utf8' }).stdout.trim().split('\n');
    expect(answers).toHaveLength(pairs.length);
    const ours = pairs.map(([a, b]) =>
      isVersion('deb', a) && isVersion('deb', b) ? String(compareVersions('deb', a, b)) : 'garbage',
    );
    const differing = pairs.flatMap(([a, b], index) =>
      ours[index] === answers[index] ? [] : [{ a, b, ours: ours[index], dpkg: answers[index] }],
    );
    expect(differing).toEqual([]);
    expect(new Set(answers)).toEqual(new Set(['-1', '0', '1', 'garbage']));
  }, 60_000);
});
