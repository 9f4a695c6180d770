import type { Advisory } from '@thimble/advisories';
import { expect, it } from 'vitest';
import { describeRealData, gather, itemsOfFile, realData, type Gathered } from './testing/real-data.ts';

const archive = (feed: string, file: string): Promise<Gathered> =>
  gather(itemsOfFile(feed, realData(file), { role: 'archive', path: 'all.zip', packing: 'zip' }));
const withdrawn = ({ advisories }: Gathered): number =>
  advisories.filter((advisory) => advisory.withdrawn !== null).length;
const find = ({ advisories }: Gathered, id: string): Advisory => {
  const found = advisories.find((advisory) => advisory.id === id);
  if (found === undefined) throw new Error(`${id} is missing`);
  return found;
};
/** What is said about versions, without which ones. */
const kinds = ({ faults }: Gathered): Record<string, number> =>
  Object.fromEntries(
    Object.entries(
      Object.groupBy(faults, (fault) =>
        fault
          .replace(/^.*: (?=no versions|introduced|fixed|last_affected)/, '')
          .replace(/ \S+ is no /, ' … is no ')
          .replace(/ \(and \d+ more\)$/, ''),
      ),
    ).map(([kind, list]) => [kind, list?.length ?? 0]),
  );

describeRealData('OSV archives', () => {
  it.each([
    ['osv-almalinux', 'almalinux/all.zip', 5_680, 0, 0],
    ['osv-go', 'osv-go/all.zip', 4_291, 17, 0],
    ['osv-debian-elts', 'debian/elts-osv.zip', 1_712, 0, 0],
    ['osv-alpine', 'osv-mixed/alpine.zip', 204, 1, 0],
    ['osv-crates-io', 'osv-mixed/crates-io.zip', 1_899, 38, 0],
    ['osv-debian', 'osv-mixed/debian.zip', 120, 0, 0],
    ['osv-go', 'osv-mixed/go.zip', 471, 14, 0],
    ['osv-hex', 'osv-mixed/hex.zip', 45, 0, 0],
    ['osv-maven', 'osv-mixed/maven.zip', 163, 6, 0],
    ['osv-nuget', 'osv-mixed/nuget.zip', 180, 10, 0],
    ['osv-pub', 'osv-mixed/pub.zip', 12, 2, 0],
    ['osv-pypi', 'osv-mixed/pypi.zip', 157, 10, 0],
    ['osv-rocky', 'osv-mixed/rocky.zip', 116, 0, 0],
    ['osv-rubygems', 'osv-mixed/rubygems.zip', 154, 17, 0],
    ['osv-ubuntu', 'osv-mixed/ubuntu.zip', 124, 0, 0],
    // Those below have borders that are no versions: qooxdoo 1.3, pear/auth 1.3.0r1, mastodon nightly.2026-03-10.0.
    ['osv-npm', 'osv-mixed/npm.zip', 996, 14, 1],
    ['osv-packagist', 'osv-mixed/packagist.zip', 151, 3, 1],
    ['osv-bitnami', 'osv-bitnami/all.zip', 7_444, 0, 1],
  ])(
    '%s of %s: %i records, %i withdrawn, %i with a border that is no version',
    async (feed, file, records, gone, slips) => {
      const read = await archive(feed, file);
      expect(read.advisories.length).toBe(records);
      expect(new Set(read.advisories.map(({ id }) => id)).size).toBe(records);
      expect(withdrawn(read)).toBe(gone);
      expect(Object.values(kinds(read)).reduce((sum, count) => sum + count, 0)).toBe(slips);
      for (const kind of Object.keys(kinds(read)))
        expect(kind).toMatch(/^(introduced|fixed|last_affected) … is no \S+ version$/);
    },
  );

  it('PyPI: 7,080 records, 269 withdrawn; two that are modified in 2027, and what no list of versions repairs', async () => {
    const read = await archive('osv-pypi', 'osv-pypi/all.zip');
    expect(read.advisories.length).toBe(7_080);
    expect(withdrawn(read)).toBe(269);
    expect(read.advisories.filter(({ modified }) => modified === null).length).toBe(2);
    // 20 entries have neither range nor list; the others end in `2.9.0-NA`, dates and the like.
    expect(kinds(read)).toEqual({
      'no versions are stated': 20,
      'fixed … is no pep440 version': 4,
      'last_affected … is no pep440 version': 27,
    });
    expect(
      read.advisories.flatMap(({ claims }) => claims).every(({ name }) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)),
    ).toBe(true);
  });
});

describeRealData('OSV records', () => {
  it('AlmaLinux: 37 ids are in two releases, each with the packages of its own', async () => {
    const read = await archive('osv-almalinux', 'almalinux/all.zip');
    const names = Object.groupBy(read.advisories, ({ name }) => name);
    const twice = Object.values(names).filter((list) => (list?.length ?? 0) > 1);
    expect(twice.length).toBe(37);
    const modular = find(read, '8/ALSA-2021:0711').claims;
    expect(new Set(modular.map(({ module }) => module))).toEqual(new Set(['virt:rhel', 'virt-devel:rhel']));
    const bugFix = read.advisories.filter(({ name, claims }) => name.startsWith('ALBA') && claims.length > 0);
    for (const { vulnerabilities } of bugFix) expect(vulnerabilities[0]).toMatch(/^CVE-/);
  });

  it('Go: no modification dates, the standard library among the modules', async () => {
    const read = await archive('osv-go', 'osv-go/all.zip');
    expect(new Set(read.advisories.map(({ modified }) => modified))).toEqual(new Set([null]));
    const stdlib = read.advisories.flatMap(({ claims }) => claims).filter(({ name }) => name === 'stdlib');
    expect(stdlib.length).toBeGreaterThan(100);
  });

  it('npm: 640 records of malicious packages, of every version or of those that are listed', async () => {
    const read = await archive('osv-npm', 'osv-mixed/npm.zip');
    const malicious = read.advisories.filter(({ id }) => id.startsWith('MAL-'));
    expect(malicious.length).toBe(640);
    for (const { claims } of malicious) expect(claims.some(({ status }) => status === 'affected')).toBe(true);
  });

  it('Ubuntu: releases, and Pro by its repositories', async () => {
    const read = await archive('osv-ubuntu', 'osv-mixed/ubuntu.zip');
    const claims = find(read, 'UBUNTU-CVE-2023-2650').claims.filter(({ name }) => name === 'openssl');
    expect(
      claims.find(({ namespace, channel }) => namespace === 'ubuntu:16.04' && channel === 'esm-infra')?.fix,
    ).toEqual({
      state: 'fixed',
      version: '1.0.2g-1ubuntu4.20+esm9',
    });
    expect(find(read, 'UBUNTU-CVE-2023-2650').vulnerabilities).toEqual(['CVE-2023-2650']);
    expect(claims.every(({ nameKind }) => nameKind === 'source')).toBe(true);
    expect(find(read, 'USN-5495-2').claims).toEqual([]);
  });
});
