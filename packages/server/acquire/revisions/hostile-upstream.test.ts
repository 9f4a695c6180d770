import { type AptPublication, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import type { RepositorySummary } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addTestRepository,
  type ContentUpstream,
  repositoryDetail,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

const RELEASE = 'dists/stable/InRelease';
const INDEX = 'dists/stable/main/binary-amd64/Packages.xz';
const YEAR_MS = 365 * 86_400_000;
/** Without paths by digest there is one path to an index, so a test has to bend only that. */
const PLAIN: AptPublication = { byHash: false, packings: ['plain', 'xz'] };

let states = 0;
/** With an index that was never there before: one that is in the store is not fetched. */
function fresh({ changeIndex = (text) => text, ...rest }: AptPublication = PLAIN): AptPublication {
  states += 1;
  const mark = `X-State: ${states}\n`;
  return { ...PLAIN, ...rest, changeIndex: (text) => `${mark}${changeIndex(text)}` };
}

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let good: RepositorySummary;
let otherKey: string;
beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  otherKey = archive.gpg.createKey({ userId: 'Somebody else <else@example.org>' });
  await archive.build({ name: 'hello', version: '1.0' });
  await archive.publish(PLAIN);
  upstream = await startContentUpstream(archive);
  good = await addTestRepository(fleet, upstream, archive);
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

interface Hostile {
  readonly publication?: AptPublication;
  /** Bends what is served then. */
  readonly bend?: (files: ReadonlyMap<string, Uint8Array>) => void;
  readonly code: string;
  readonly side: 'upstream' | 'trust';
  readonly path?: string;
}

const bytesOf = (files: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array => {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`there is no ${path}`);
  return bytes;
};

const CASES: readonly (readonly [string, Hostile])[] = [
  [
    'an index with a byte changed',
    {
      bend: (files) => {
        const bytes = Buffer.from(bytesOf(files, INDEX));
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        upstream.set(INDEX, { kind: 'file', bytes });
      },
      code: 'wrong-digest',
      side: 'trust',
    },
  ],
  [
    'an index that is cut short',
    {
      bend: (files) => upstream.set(INDEX, { kind: 'truncated', bytes: bytesOf(files, INDEX), at: 30 }),
      code: 'truncated',
      side: 'upstream',
    },
  ],
  [
    'an index without end',
    { bend: () => upstream.set(INDEX, { kind: 'endless' }), code: 'too-large', side: 'upstream' },
  ],
  [
    'a Release without end',
    { bend: () => upstream.set(RELEASE, { kind: 'endless' }), code: 'too-large', side: 'upstream' },
  ],
  [
    'an index announced with 5 GB',
    {
      bend: () => upstream.set(INDEX, { kind: 'announces', sizeBytes: 5_000_000_000 }),
      code: 'too-large',
      side: 'upstream',
    },
  ],
  [
    'a Release that lists an index of 5 GB',
    {
      publication: {
        changeRelease: (text) => text.replace(/ \d+ (main\/binary-amd64\/Packages\.xz)/g, ' 5000000000 $1'),
      },
      code: 'too-large',
      side: 'upstream',
    },
  ],
  [
    'redirects in a circle',
    {
      bend: () => upstream.set(RELEASE, { kind: 'redirect', to: `/${RELEASE}` }),
      code: 'unreachable',
      side: 'upstream',
    },
  ],
  [
    'a redirect to another service of this machine',
    {
      bend: () => upstream.set(RELEASE, { kind: 'redirect', to: 'http://127.0.0.1:9/secrets' }),
      code: 'unreachable',
      side: 'upstream',
    },
  ],
  [
    'no index where the Release lists one',
    { bend: () => upstream.set(INDEX, { kind: 'status', status: 404 }), code: 'missing', side: 'upstream' },
  ],
  [
    'a package outside of the repository',
    {
      publication: { changeIndex: (text) => text.replace(/^Filename: .*$/m, 'Filename: ../../etc/shadow') },
      code: 'unsafe-path',
      side: 'trust',
    },
  ],
  [
    'a Release whose time is over',
    {
      publication: { validUntil: new Date(Date.now() - 86_400_000) },
      code: 'expired',
      side: 'upstream',
    },
  ],
  [
    'an older Release, validly signed',
    { publication: { date: new Date(Date.now() - YEAR_MS) }, code: 'rolled-back', side: 'trust' },
  ],
  ['a Release without a signature', { publication: { form: 'unsigned' }, code: 'unsigned', side: 'trust' }],
  [
    'a decompression bomb',
    {
      publication: {
        changeFiles: (files) => {
          // 64 MB of zeros, called an index of what it was.
          files.set('main/binary-amd64/Packages', Buffer.from('Package: small\n'));
          files.set('main/binary-amd64/Packages.xz', BOMB);
        },
      },
      code: 'too-large',
      side: 'upstream',
    },
  ],
  [
    'text that is no index',
    {
      publication: { changeIndex: () => 'Package: hello\nVersion\n\n\0\0' },
      code: 'malformed',
      side: 'upstream',
    },
  ],
];

/** An xz file of 64 MB of zeros has 9 kB. */
const BOMB = Buffer.from(
  await import('node:child_process').then(({ execFileSync }) =>
    execFileSync('sh', ['-c', 'head -c 67108864 /dev/zero | xz -0']),
  ),
);

describe('an upstream with', () => {
  test.each(CASES)('%s is a fault with its own name, and the last good revision stays', async (_title, hostile) => {
    await archive.publish(fresh(hostile.publication));
    await upstream.refresh();
    hostile.bend?.(await archive.files());
    await refused(hostile);
    await recovers();
  });

  test('a signature of another key is a fault with its own name, and the last good revision stays', async () => {
    await archive.publish(fresh({ signedBy: [otherKey] }));
    await upstream.refresh();
    await refused({ code: 'unknown-key', side: 'trust' });
    await recovers();
  });
});

async function refused({ code, side }: Pick<Hostile, 'code' | 'side'>): Promise<void> {
  const summary = await synchroniseTestRepository(fleet, good.id);
  expect(summary, summary.explanation).toMatchObject({
    health: 'failing',
    fault: { code, side, count: 1, resolvedAt: null, acceptable: false },
    latest: good.latest,
  });
  expect(summary.fault?.message).not.toBe('');
  expect(Date.parse(summary.nextAt ?? '')).toBeGreaterThan(Date.now());
  expect(await lastEvidence()).toMatchObject({ kind: 'repository-fault', detail: { code } });
}

async function recovers(): Promise<void> {
  await archive.publish(fresh());
  await upstream.refresh();
  const summary = await synchroniseTestRepository(fleet, good.id);
  expect(summary, summary.explanation).toMatchObject({ health: 'fresh', fault: null, latest: { packageCount: 1 } });
  const { faults } = await repositoryDetail(fleet, good.id);
  expect(faults.filter(({ resolvedAt }) => resolvedAt === null)).toEqual([]);
  expect(await lastEvidence()).toMatchObject({ kind: 'repository-recovered' });
  good = summary;
}

async function lastEvidence(): Promise<unknown> {
  const { json } = await fleet.call('GET', '/evidence?limit=1');
  return (json['items'] as unknown[])[0];
}

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
