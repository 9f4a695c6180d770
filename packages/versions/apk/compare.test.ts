import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../index.ts';

describe('the apk order', () => {
  it.each([
    ['revisions are numbers', '1.2.3-r18', '1.2.3-r2', 1],
    ['a revision is newer than none', '1.2.3-r0', '1.2.3', 1],
    ['one more number is newer than a revision', '1.2.3.0', '1.2.3-r9', 1],
    ['numbers are compared as numbers', '1.10', '1.9', 1],
    ['a number with a leading zero is a fraction', '1.06', '1.1', -1],
    ['and sorts as text', '1.019', '1.02', -1],
    ['but the first number never is one', '010', '9', 1],
    ['so its leading zeros do not count', '01.2-r0', '1.2-r0', 0],
    ['a letter is newer than none', '2.3.0b', '2.3.0', 1],
    ['one more number is newer than a letter', '2.3.0.1', '2.3.0b', 1],
    ['suffixes before the release: alpha', '1_alpha', '1_beta', -1],
    ['beta', '1_beta9', '1_pre', -1],
    ['pre', '1_pre3', '1_rc1', -1],
    ['rc', '1_rc9', '1', -1],
    ['suffixes after it: cvs', '1', '1_cvs', -1],
    ['svn', '1_cvs', '1_svn', -1],
    ['git', '1_svn', '1_git20200101', -1],
    ['hg', '1_git20200101', '1_hg', -1],
    ['p', '1_hg', '1_p1', -1],
    ['the number of a suffix', '1_p10-r0', '1_p9-r0', 1],
    ['a suffix without number is older', '1_rc', '1_rc1', -1],
    ['a second suffix', '0.1.0_alpha_pre2', '0.1.0_alpha', -1],
    ['a revision of a pre-release', '1.0_rc1-r5', '1.0', -1],
    ['hashes sort as text', '1~abc1', '1~abc', 1],
    ['a hash is newer than a revision', '1~0a-r0', '1-r9', 1],
    ['numbers beyond 2^64', '1_git18446744073709551617', '1_git18446744073709551616', 1],
    ['what apk-tools 2 took, digits behind the letter', '6.6.2p2-r0', '6.6.2p1-r3', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('apk', a, b)).toBe(expected);
    expect(compareVersions('apk', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it('refuses what `apk version --check` refuses', () => {
    for (const text of [
      '',
      'a',
      '1.',
      '1..2',
      '1bc',
      '1A',
      '1_foo',
      '1_',
      '1_alphabet',
      '1-1',
      '1-r',
      '1-r1-r2',
      '1~',
      '1~G',
      '1 ',
      '1:1',
      'v1',
    ])
      expect(() => compareVersions('apk', text, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
  });
});

const secdb = join(import.meta.dirname, '../../../../shared/data/alpine');
if (!existsSync(secdb))
  process.stderr.write('\n!!! SKIPPED: the apk scheme on real Alpine versions: no ../shared/data !!!\n\n');

describe.skipIf(!existsSync(secdb))('the versions of Alpine’s security database', () => {
  it('are accepted, but for a few slips of the pen', () => {
    const texts = readdirSync(secdb, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFileSync(join(secdb, name), 'utf8'));
    const versions = new Set(
      texts.flatMap((text) => [...text.matchAll(/"([0-9][^"\s]*-r[0-9]+)":/g)].map(([, version]) => version ?? '')),
    );
    const refused = [...versions].filter((version) => !isVersion('apk', version));
    expect(versions.size).toBeGreaterThan(1_000);
    expect(refused.filter((version) => !/\.-r|[0-9]-[0-9]+-r|\.[a-z]-r/.test(version))).toEqual([]);
    expect(refused.length).toBeLessThan(versions.size / 100);
  });
});
