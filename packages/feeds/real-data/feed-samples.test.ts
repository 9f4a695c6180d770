import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FeedRequest } from '@thimble/advisories';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentFromFile } from '../documents/index.ts';
import { describeRealData, gather, itemsOfFile, realData, type Gathered } from './testing/real-data.ts';

const ROOT = 'pkg/fetch/';
const WANTED =
  /^pkg\/fetch\/(?:alpine\/secdb|arch|chainguard\/secdb|wolfi\/secdb|cisa\/kev|debian\/tracker|endoflife-date\/api|epss|freebsd)\//;
let folder = '';
/** Upstream packs it with xz; here it is the content that counts. */
const bunzip2 = (bytes: Uint8Array): Uint8Array => execFileSync('bzip2', ['-dc'], { input: bytes });

interface Expected {
  readonly advisories?: number;
  readonly facts?: number;
  readonly faults?: readonly string[];
}

const read = (feed: string, file: string, role: string, packing: FeedRequest['packing'] = 'plain', path = file) =>
  gather(itemsOfFile(feed, join(folder, ROOT, file), { role, path, packing }));
const counted = ({ advisories, facts, faults }: Gathered) => ({
  advisories: advisories.length,
  facts: facts.length,
  faults,
});

describeRealData('samples of feeds in their wire format', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thimble-feed-samples-'));
    const archive = documentFromFile(realData('feed-fixtures/vuls-data-update-fixtures.tar.gz'), {
      role: 'samples',
      path: 'samples.tar.gz',
      packing: 'tar.gz',
      limitBytes: 100_000_000,
    });
    for await (const entry of archive.entries()) {
      if (!WANTED.test(entry.name) || entry.name.includes('..')) continue;
      const path = join(folder, entry.name);
      await mkdir(dirname(path), { recursive: true });
      const bytes = await entry.bytes();
      await writeFile(path, entry.name.endsWith('.bz2') ? bunzip2(bytes) : bytes);
    }
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true });
  });

  it.each<[string, string, string, FeedRequest['packing'], string, Expected]>([
    [
      'secdb-alpine',
      'alpine/secdb/testdata/fixtures/edge/main.json',
      'database',
      'plain',
      'edge/main.json',
      { advisories: 1 },
    ],
    [
      'secdb-alpine',
      'alpine/secdb/testdata/fixtures/edge/community.json',
      'database',
      'plain',
      'edge/community.json',
      { advisories: 1 },
    ],
    [
      'secdb-alpine',
      'alpine/secdb/testdata/fixtures/v3.16/main.json',
      'database',
      'plain',
      'v3.16/main.json',
      { advisories: 1 },
    ],
    [
      'secdb-alpine',
      'alpine/secdb/testdata/fixtures/v3.16/community.json',
      'database',
      'plain',
      'v3.16/community.json',
      { advisories: 1 },
    ],
    [
      'secdb-alpine',
      'alpine/secdb/testdata/fixtures/v3.2/main.json',
      'database',
      'plain',
      'v3.2/main.json',
      { advisories: 1 },
    ],
    [
      'secdb-wolfi',
      'wolfi/secdb/testdata/fixtures/happy/security.json',
      'database',
      'plain',
      'os/security.json',
      { advisories: 1 },
    ],
    [
      'secdb-chainguard',
      'chainguard/secdb/testdata/fixtures/happy/security.json',
      'database',
      'plain',
      'x',
      { advisories: 1 },
    ],
    ['arch', 'arch/testdata/fixtures/advisory.json', 'groups', 'plain', 'all.json', { advisories: 2 }],
    [
      'debian-tracker',
      'debian/tracker/api/testdata/fixtures/advisory.json',
      'tracker',
      'plain',
      'data/json',
      { advisories: 4 },
    ],
    // 85 cycles; the 42 of Ubuntu are namespaces as well.
    ['endoflife', 'endoflife-date/api/testdata/fixtures/happy/full', 'api', 'plain', 'products/full', { facts: 127 }],
    ['epss', 'epss/testdata/fixtures/epss_scores-2021-09-01.csv.gz', 'scores', 'gzip', 'epss', { facts: 2 }],
    ['epss', 'epss/testdata/fixtures/epss_scores-2022-02-04.csv.gz', 'scores', 'gzip', 'epss', { facts: 2 }],
    ['epss', 'epss/testdata/fixtures/epss_scores-2023-03-07.csv.gz', 'scores', 'gzip', 'epss', { facts: 2 }],
    ['freebsd-vuxml', 'freebsd/testdata/fixtures/vuln.xml.bz2', 'vuxml', 'plain', 'vuln.xml', { advisories: 2 }],
  ])('%s reads %s', async (feed, file, role, packing, path, expected) => {
    const got = counted(await read(feed, file, role, packing, path));
    expect(got).toEqual({ advisories: 0, facts: 0, faults: [], ...expected });
  });

  it.each([
    // Made to be broken, or cut to one record while it still says that it has 801; and the form without percentiles.
    ['arch', 'arch/testdata/fixtures/invalid.json', 'groups', 'plain', 'malformed'],
    ['debian-tracker', 'debian/tracker/api/testdata/fixtures/invalid.json', 'tracker', 'plain', 'malformed'],
    ['kev', 'cisa/kev/testdata/fixtures/known_exploited_vulnerabilities.json', 'catalogue', 'plain', 'malformed'],
    ['epss', 'epss/testdata/fixtures/epss_scores-2021-04-14.csv.gz', 'scores', 'gzip', 'unsupported'],
  ] as const)('%s refuses %s', async (feed, file, role, packing, code) => {
    await expect(read(feed, file, role, packing)).rejects.toMatchObject({ name: 'FeedError', code });
  });

  it('secdb-alpine finds the releases that an index names and nobody knew', async () => {
    const { advisories, faults } = await read('secdb-alpine', 'alpine/secdb/testdata/fixtures/indexof.html', 'index');
    expect([advisories, faults]).toEqual([[], []]);
  });
});
