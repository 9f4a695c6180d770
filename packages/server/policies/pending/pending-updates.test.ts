import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type FakeAgent,
  fakeAdvisory,
  fakeClaim,
  fakeFact,
  fakeKev,
  fakeManifest,
  fakePackage,
  fakeUpdate,
  fakeUpdates,
  publishFeed,
} from '../../testing.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { deadlineFor } from './deadline-for.ts';
import { type PendingUpdate, pendingUpdates } from './pending-updates.ts';

const NOW = new Date('2026-05-10T12:00:00.000Z');
const DAY_MS = 86_400_000;
let fleet: TestFleet;
let web1: FakeAgent;
let web2: FakeAgent;
let bare: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => NOW });
  const documents = {
    manifest: fakeManifest([
      fakePackage('openssl', '3.0.15-1'),
      fakePackage('curl', '7.88.1-10'),
      fakePackage('tzdata', '2026a-1'),
    ]),
    updates: fakeUpdates([
      fakeUpdate('openssl', '3.0.15-1', '3.0.18-1'),
      fakeUpdate('curl', '7.88.1-10', '7.88.1-11', { security: false, origin: origin('Debian', 'Debian') }),
      fakeUpdate('tzdata', '2026a-1', '2026b-1', { security: false, origin: origin(null, 'Backports'), held: true }),
    ]),
  };
  web1 = await fleet.agent('web1', documents);
  web2 = await fleet.agent('web2', documents);
  bare = await fleet.agent('bare', { manifest: documents.manifest, updates: fakeUpdates([]) });
  await publishFeed(
    fleet.context,
    'debian-tracker',
    [
      fakeAdvisory('CVE-2026-1', 'CVE-2026-1', [fakeClaim('openssl', '3.0.17-1')], {
        published: '2026-01-01T00:00:00.000Z',
      }),
      fakeAdvisory('CVE-2026-2', 'CVE-2026-2', [fakeClaim('openssl', '3.0.18-1')], { severity: 'high' }),
      fakeAdvisory('CVE-2026-3', 'CVE-2026-3', [fakeClaim('openssl', '3.0.19-1')]),
      fakeAdvisory('CVE-2026-4', 'CVE-2026-4', [fakeClaim('curl', '7.88.1-11')]),
      fakeAdvisory('CVE-2026-5', 'CVE-2026-5', [fakeClaim('curl', null)]),
    ],
    [score('CVE-2026-1', 0.1), score('CVE-2026-2', 0.4)],
  );
  await publishFeed(fleet.context, 'debian-lists', [
    fakeAdvisory('DSA-1-1', 'CVE-2026-1', [fakeClaim('openssl', '3.0.17-1')], {
      published: '2026-04-01T00:00:00.000Z',
    }),
    fakeAdvisory('DSA-2-1', 'CVE-2026-2', [fakeClaim('openssl', '3.0.18-1')], {
      published: '2026-05-08T00:00:00.000Z',
    }),
  ]);
  await publishFeed(fleet.context, 'cisa-kev', [], [fakeKev('CVE-2026-1')]);
});
afterAll(() => fleet.stop());

function origin(name: string | null, label: string) {
  return { origin: name, label, suite: null, codename: null, component: null };
}

const score = (vulnerability: string, probability: number) =>
  fakeFact('epss', { kind: 'epss', vulnerability, probability, percentile: 0.5, scoredOn: '2026-05-01' });

const pending = (ids: readonly string[] | null = null, organisation = fleet.context.defaultOrganisationId) =>
  pendingUpdates(fleet.context.database.kysely, organisation, ids, NOW);
const updateOf = async (name: string): Promise<PendingUpdate | undefined> => {
  const { lists, ofEndpoint } = await pending();
  return lists.get(ofEndpoint.get(web1.id) ?? '')?.find((update) => update.name === name);
};

test('endpoints that lack the same share a list, sorted by name', async () => {
  const { lists, ofEndpoint } = await pending();
  expect(lists.size).toBe(2);
  expect(ofEndpoint.get(web1.id)).toBe(ofEndpoint.get(web2.id));
  expect(lists.get(ofEndpoint.get(web1.id) ?? '')?.map(({ name }) => name)).toEqual(['curl', 'openssl', 'tzdata']);
  expect(lists.get(ofEndpoint.get(bare.id) ?? '')).toEqual([]);
});

test('of these endpoints alone; of none; of another organisation’s nothing', async () => {
  expect([...(await pending([bare.id])).ofEndpoint.keys()]).toEqual([bare.id]);
  expect((await pending([])).ofEndpoint.size).toBe(0);
  expect((await pending(null, '00000000-0000-7000-8000-0000000000aa')).lists.size).toBe(0);
  expect((await pending([web1.id], '00000000-0000-7000-8000-0000000000aa')).ofEndpoint.size).toBe(0);
});

describe('an update', () => {
  test('closes what its candidate reaches, and is as bad as the worst of it', async () => {
    expect(await updateOf('openssl')).toMatchObject({
      source: 'openssl',
      installed: '3.0.15-1',
      candidate: '3.0.18-1',
      security: true,
      origin: 'Debian',
      vulnerabilities: ['CVE-2026-1', 'CVE-2026-2'],
      kev: { dueMs: Date.parse('2026-01-24T00:00:00.000Z') },
      epss: expect.closeTo(0.4, 5),
      held: false,
    });
  });

  test('that is not of a security channel closes vulnerabilities all the same', async () => {
    expect(await updateOf('curl')).toMatchObject({ security: false, vulnerabilities: ['CVE-2026-4'], kev: null });
  });

  test('of which nothing is known says so', async () => {
    expect(await updateOf('tzdata')).toMatchObject({
      vulnerabilities: [],
      severity: 'unknown',
      kev: null,
      epss: null,
      ssvc: null,
      risk: 0,
      origin: 'Backports',
      held: true,
    });
  });

  test('was published when its vendor announced it, not when its vulnerability became known', async () => {
    expect(await updateOf('openssl')).toMatchObject({
      publishedMs: Date.parse('2026-05-08T00:00:00.000Z'),
      publishedBy: 'advisory',
      fixedSinceMs: Date.parse('2026-04-01T00:00:00.000Z'),
    });
  });

  test('without an announcement is as old as the first report of it', async () => {
    expect(await updateOf('tzdata')).toMatchObject({
      publishedMs: NOW.getTime(),
      publishedBy: 'first-seen',
      fixedSinceMs: NOW.getTime(),
    });
  });

  test('has its deadline from the first fix of what it closes: a newer version gives nobody more time', async () => {
    const update = await updateOf('openssl');
    const days = {
      kev: null,
      actMs: null,
      attendMs: null,
      criticalMs: null,
      highMs: null,
      mediumMs: null,
      lowMs: null,
    };
    expect(update && deadlineFor({ ...days, kev: 14 * DAY_MS, otherMs: null }, update)).toMatchObject({
      deadlineMs: Date.parse('2026-04-15T00:00:00.000Z'),
    });
  });

  test('counts as the organisation judged: a false positive closes nothing, another severity holds', async () => {
    const { pool } = fleet.context.database;
    const organisation = fleet.context.defaultOrganisationId;
    await pool.query(
      `insert into vulnerability_exception (id, organisation_id, vulnerability, kind, reason, owner, created_by, created_at)
       values (gen_random_uuid(), $1, 'CVE-2026-1', 'false-positive', 'not built in', 'ada', 'ada', $2)`,
      [organisation, NOW],
    );
    await pool.query(
      `insert into vulnerability_override (organisation_id, vulnerability, severity, decision, reason, created_by, created_at)
       values ($1, 'CVE-2026-2', 'critical', 'track-star', 'we know better', 'ada', $2)`,
      [organisation, NOW],
    );
    expect(await updateOf('openssl')).toMatchObject({
      vulnerabilities: ['CVE-2026-2'],
      severity: 'critical',
      ssvc: 'track*',
      kev: null,
    });
    await pool.query('delete from vulnerability_exception');
    await pool.query('delete from vulnerability_override');
  });
});
