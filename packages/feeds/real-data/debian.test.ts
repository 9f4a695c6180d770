import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeRealData, gather, itemsOfFile, realData } from './testing/real-data.ts';

const gathered = (kind: 'DSA' | 'DLA') =>
  gather(
    itemsOfFile('debian-lists', realData(`debian/${kind}-list.txt.gz`), {
      role: 'list',
      path: `data/${kind}/list`,
      packing: 'gzip',
    }),
  );
const NUMBERS = new Map([
  ['bullseye', 'debian:11'],
  ['bookworm', 'debian:12'],
  ['trixie', 'debian:13'],
]);

describeRealData("Debian's advisory lists", () => {
  it.each([
    // The fourth: lines `[release] - source version` that start with a tab, as the collection's own check counts them.
    ['DSA', 6_485, 8_511, 8_217, { bullseye: 706, bookworm: 794, trixie: 428 }],
    ['DLA', 4_890, 4_929, 4_929, { bullseye: 829, bookworm: 78, trixie: 0 }],
  ] as const)('%s: %i advisories with %i claims', async (kind, count, claimCount, tabLines, byRelease) => {
    const { advisories, faults } = await gathered(kind);
    const claims = advisories.flatMap((advisory) => advisory.claims.map((claim) => ({ advisory, claim })));
    expect([advisories.length, new Set(advisories.map(({ id }) => id)).size, claims.length]).toEqual([
      count,
      count,
      claimCount,
    ]);
    // In 2004 a package's name was written where its version belongs.
    const misprint = 'DSA-423: fixed in kernel-image-2.4.17-ia64, which is no deb version';
    expect(faults).toEqual(kind === 'DSA' ? [misprint] : []);

    const text = gunzipSync(readFileSync(realData(`debian/${kind}-list.txt.gz`))).toString();
    const lines = [...text.matchAll(/^\t\[(\w+)\] - (\S+) (\S+)/gm)];
    expect(lines.length).toBe(tabLines);
    const versions = new Set(
      claims.map(({ claim }) => `${claim.namespace} ${claim.name} ${claim.fix.version ?? `<${claim.vendorStatus}>`}`),
    );
    const recent = lines.filter((line) => NUMBERS.has(line[1] ?? ''));
    const written = recent.map((line) => `${NUMBERS.get(line[1] ?? '')} ${line[2]} ${line[3]}`);
    expect(written.filter((line) => !versions.has(line))).toEqual([]);
    for (const [release, expected] of Object.entries(byRelease))
      expect(lines.filter((line) => line[1] === release).length, release).toBe(expected);
  });

  it('name each vulnerability that the text names', async () => {
    for (const kind of ['DSA', 'DLA'] as const) {
      const text = gunzipSync(readFileSync(realData(`debian/${kind}-list.txt.gz`))).toString();
      const sets = [...text.matchAll(/^\s+\{(.*)\}\s*$/gm)].flatMap((set) => (set[1] ?? '').trim().split(/\s+/));
      const { advisories } = await gathered(kind);
      const named = new Set(advisories.flatMap(({ vulnerabilities }) => vulnerabilities));
      expect(sets.map((id) => id.replace('CAN-', 'CVE-')).filter((id) => !named.has(id))).toEqual([]);
    }
  });
});

describeRealData("Debian's tracker", () => {
  it('derived from the lists: 641 packages, 18,483 pairs of package and vulnerability', async () => {
    const { advisories, faults } = await gather(
      itemsOfFile('debian-tracker', realData('debian/tracker-derived.json.gz'), {
        role: 'tracker',
        path: 'data/json',
        packing: 'gzip',
      }),
    );
    expect(faults).toEqual([]);
    expect(advisories.length).toBe(18_483);
    expect(new Set(advisories.map(({ id }) => id)).size).toBe(18_483);
    const claims = advisories.flatMap((advisory) => advisory.claims);
    expect(new Set(claims.map(({ name }) => name)).size).toBe(641);
    // It holds what a DSA or DLA repaired, and nothing else.
    expect(claims.filter(({ fix }) => fix.state !== 'fixed')).toEqual([]);
  });

  it.each([
    ['debian/fixtures/vunnel-debian-tracker.json.gz', 'gzip'],
    ['debian/fixtures/vuls-debian-tracker.json', 'plain'],
  ] as const)('as upstream writes it: %s', async (path, packing) => {
    const file = realData(path);
    const bytes = readFileSync(file);
    const raw = JSON.parse((packing === 'gzip' ? gunzipSync(bytes) : bytes).toString()) as Record<
      string,
      Record<string, { releases: Record<string, { status: string; fixed_version?: string }> }>
    >;
    const states = Object.values(raw).flatMap((records) =>
      Object.values(records).flatMap(({ releases }) => Object.values(releases)),
    );
    const { advisories, faults } = await gather(
      itemsOfFile('debian-tracker', file, { role: 'tracker', path: 'data/json', packing }),
    );
    const claims = advisories.flatMap((advisory) => advisory.claims);
    expect(faults).toEqual([]);
    expect(advisories.length).toBe(Object.values(raw).flatMap((records) => Object.keys(records)).length);
    expect(claims.length).toBe(states.length);
    expect(claims.filter(({ status }) => status === 'unaffected').length).toBe(
      states.filter(({ fixed_version: version }) => version === '0').length,
    );
    expect(
      claims
        .filter(({ fix }) => fix.version !== null)
        .map(({ fix }) => fix.version)
        .sort(),
    ).toEqual(
      states
        .flatMap(({ fixed_version: version }) => (version === undefined || version === '0' ? [] : [version]))
        .sort(),
    );
  });
});
