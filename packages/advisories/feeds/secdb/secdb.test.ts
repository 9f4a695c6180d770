import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { secdbAlpine, secdbChainguard, secdbWolfi } from './index.ts';
import { vulnerabilityIds } from './vulnerability-ids.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const readAlpine = (content: string | Uint8Array, path = 'v3.19/community.json') =>
  readOffered(secdbAlpine, { role: 'database', path, content });

describe('a package of a repository', () => {
  it('is one advisory with a claim per version', async () => {
    const { advisories } = await readAlpine(fixture('v3.19-community.json'));
    const claim = {
      namespace: 'alpine:3.19',
      name: 'xen',
      nameKind: 'source',
      scheme: 'apk',
      versions: [],
      severity: null,
      channel: 'community',
      module: null,
      architectures: null,
      requires: [],
    };
    expect(advisories[0]).toEqual({
      id: 'v3.19/community/xen',
      name: 'v3.19/community/xen',
      aliases: [],
      vulnerabilities: [
        'CVE-2022-23824',
        'CVE-2023-34322',
        'XSA-439',
        'CVE-2023-20588',
        'CVE-2023-34326',
        'CVE-2017-16808',
        'CVE-2017-17434',
      ],
      title: 'Repairs of xen in Alpine v3.19',
      summary: '',
      published: null,
      modified: null,
      withdrawn: null,
      severity: null,
      cvss: [],
      references: [],
      claims: [
        {
          ...claim,
          vulnerabilities: ['CVE-2022-23824'],
          status: 'unaffected',
          intervals: [],
          fix: { state: 'unknown', version: null },
          vendorStatus: null,
        },
        {
          ...claim,
          vulnerabilities: ['CVE-2023-34322', 'XSA-439', 'CVE-2023-20588', 'CVE-2023-34326'],
          status: 'affected',
          intervals: [{ introduced: null, fixed: '4.17.2-r1', lastAffected: null }],
          fix: { state: 'fixed', version: '4.17.2-r1' },
          vendorStatus: null,
        },
        {
          ...claim,
          vulnerabilities: ['CVE-2017-16808', 'CVE-2017-17434'],
          status: 'under-investigation',
          intervals: [],
          fix: { state: 'unknown', version: null },
          vendorStatus: 'fixed in 4.10-1-r1, which is no apk version',
        },
      ],
      provenance: {
        feed: 'secdb-alpine',
        record: 'v3.19/community/xen',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });
  });

  it('that occurs twice is two advisories', async () => {
    const { advisories } = await readAlpine(fixture('v3.19-community.json'));
    expect(advisories.map(({ id }) => id)).toEqual([
      'v3.19/community/xen',
      'v3.19/community/heimdal',
      'v3.19/community/xen/2',
    ]);
  });

  it('keeps what is understood, and counts the rest', async () => {
    const { advisories, faults } = await readAlpine(fixture('v3.19-community.json'));
    expect(advisories[1]?.vulnerabilities).toEqual([
      'CVE-2019-2426',
      'CVE-2018-16859',
      'CVE-2017-8073',
      'CVE-2020-0003',
    ]);
    expect(faults).toEqual([
      { record: 'v3.19/community/xen', reason: 'fixed in 4.10-1-r1, which is no apk version' },
      { record: 'v3.19/community/heimdal', reason: 'version 7.4.0-r0 lists no vulnerability' },
      { record: 'v3.19/community/heimdal', reason: "version 7.8.0-r0: no vulnerability is named in 'CVE-????-?????'" },
      { record: 'v3.19/community/heimdal', reason: "version 7.8.0-r0: no vulnerability is named in 'number'" },
      { record: 'v3.19/community/heimdal', reason: "version '' is no version" },
      { record: 'v3.19/community/heimdal', reason: 'version 7.9.0-r0 has no list of vulnerabilities' },
      { record: 'v3.19/community/heimdal', reason: 'fixed in __proto__, which is no apk version' },
      { record: 'v3.19/community/4', reason: 'is no package with a table of repairs' },
      { record: 'v3.19/community/5', reason: 'is no package with a table of repairs' },
      { record: 'v3.19/community/6', reason: 'is no package with a table of repairs' },
    ]);
  });
});

describe('a place', () => {
  const database = (release: string, repository: string) =>
    JSON.stringify({
      packages: [{ pkg: { name: 'a', secfixes: { '1-r0': ['CVE-2024-0001'] } } }],
      distroversion: release,
      reponame: repository,
    });

  it.each([
    ['v3.9/main.json', database('v3.9', 'main'), 'alpine:3.9', null],
    ['edge/community.json', database('edge', 'community'), 'alpine:edge', 'community'],
  ])('of Alpine is named by its path: %s', async (path, content, namespace, channel) => {
    const { advisories } = await readAlpine(content, path);
    expect(advisories[0]?.claims.map((claim) => [claim.namespace, claim.channel])).toEqual([[namespace, channel]]);
  });

  it.each([
    ['another release', database('v3.18', 'main')],
    ['another repository', database('v3.19', 'community')],
  ])('refuses what says of itself that it is of %s', async (_title, content) => {
    await expect(readAlpine(content, 'v3.19/main.json')).rejects.toMatchObject({ code: 'malformed' });
  });

  it.each([
    [secdbWolfi, 'security.json', 'wolfi', 'os/aactl'],
    [secdbChainguard, 'chainguard-security.json', 'chainguard', 'chainguard/aactl'],
  ])('without releases is the distribution: $name', async (feed, file, namespace, id) => {
    const { advisories } = await readOffered(feed, { role: 'database', path: 'security.json', content: fixture(file) });
    expect(advisories.map((advisory) => [advisory.id, advisory.claims.map((claim) => claim.namespace)])).toEqual([
      [id, [namespace, namespace]],
    ]);
  });
});

describe('requests', () => {
  const now = new Date('2026-11-22T00:00:00Z');
  it('follow the fleet', () => {
    const requests = secdbAlpine.start({
      watermark: null,
      now,
      namespaces: ['debian:12', 'alpine:3.19', 'alpine:edge'],
    });
    expect(requests.map(({ path }) => path)).toEqual([
      'v3.19/main.json',
      'v3.19/community.json',
      'edge/main.json',
      'edge/community.json',
    ]);
  });

  it('ask, without a choice, for the known releases and by the index for newer ones', async () => {
    const paths = secdbAlpine.start({ watermark: null, now, namespaces: null }).map(({ path }) => path);
    expect([paths[0], paths[1], paths.at(-1), paths.length]).toEqual(['', 'v3.2/main.json', 'edge/community.json', 47]);
    const { requests } = await readOffered(secdbAlpine, { role: 'index', path: '', content: fixture('index.html') });
    expect(requests.map(({ path, optional }) => [path, optional])).toEqual([
      ['v3.24/main.json', true],
      ['v3.24/community.json', true],
    ]);
  });
});

describe('vulnerabilityIds', () => {
  it.each([
    ['CVE-2023-34322', ['CVE-2023-34322']],
    ['CVE-2018-3639   XSA-263', ['CVE-2018-3639']],
    ['CVE-2017-16808 (AoE)', ['CVE-2017-16808']],
    ['CVE-2017-17434-1', ['CVE-2017-17434']],
    ['CVE_2019-2426', ['CVE-2019-2426']],
    ['CVE 2018-16859', ['CVE-2018-16859']],
    ['CVE-2021-35940.patch', ['CVE-2021-35940']],
    ['cve-2021-35940', ['CVE-2021-35940']],
    ['CVE-1 CVE-2020-0002 CVE-2020-0003 (+)', ['CVE-2020-0002', 'CVE-2020-0003']],
    ['XSA-207', ['XSA-207']],
    ['ZBX-11023', ['ZBX-11023']],
    ['wnpa-sec-2017-18', ['wnpa-sec-2017-18']],
    ['GHSA-88jx-383q-w4qc', ['GHSA-88jx-383q-w4qc']],
    ['CVE-????-?????', []],
    ['XPTI', []],
    ['', []],
  ])('%s', (entry, expected) => {
    expect(vulnerabilityIds(entry)).toEqual(expected);
  });
});

it.each([
  ['nothing', ''],
  ['an error in its place', '{"error": "no"}'],
  ['a cut document', '{"packages": [{"pkg": {"name": "a"'],
])('%s is no database', async (_title, content) => {
  await expect(readAlpine(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});

it('a package with a million entries that are none is a hundred faults and a count', async () => {
  const entries = '0,'.repeat(1_000_000);
  const { advisories, faults } = await readAlpine(
    `{"reponame": "community", "packages": [{"pkg": {"name": "a", "secfixes": {"1-r0": [${entries}"CVE-2024-0001"]}}}]}`,
  );
  expect([advisories.length, faults.length, faults.at(-1)?.reason]).toEqual([
    1,
    101,
    '999900 further parts are not understood',
  ]);
});
