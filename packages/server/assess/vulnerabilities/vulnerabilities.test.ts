import type {
  AffectedEndpointList,
  EndpointVulnerabilityList,
  Explanation,
  FleetGapList,
  NextPatches,
  RiskSeries,
  VulnerabilityDetail,
  VulnerabilityList,
} from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeManifest, fakePackage, fakeSystem, fakeUpdates } from '../../testing.ts';
import type { TestFleet } from '../../testing/test-fleet.ts';
import { CURL, OPENSSL, startVulnerableFleet, type VulnerableFleet } from '../../testing/vulnerable-fleet.ts';
import { assessNow } from '../index.ts';

const DAY_MS = 86_400_000;

let fleet: TestFleet;
let alpha: FakeAgent;
let get: VulnerableFleet['get'];
let now: VulnerableFleet['now'];
beforeAll(async () => {
  ({ fleet, alpha, get, now } = await startVulnerableFleet(() => new Date()));
});
afterAll(() => fleet.stop());
beforeEach(() => expect(fleet.errors).toEqual([]));

describe('GET /vulnerabilities', () => {
  test('counts endpoints whose package is before the fixed version, and no others', async () => {
    expect(await get<VulnerabilityList>('/vulnerabilities')).toMatchObject({
      total: 2,
      items: [
        { id: OPENSSL, endpointCount: 1, packages: ['openssl'], fixState: 'fixed', kev: { addedOn: '2026-01-02' } },
        { id: CURL, endpointCount: 2, fixState: 'none', kev: null, exploited: false },
      ],
    });
  });

  test.each([
    ['search=openss', [OPENSSL]],
    ['search=2026-20', [CURL]],
    ['kev=true', [OPENSSL]],
    ['kev=false', [CURL]],
    ['fixState=none', [CURL]],
    ['severity=critical', []],
    ['sort=id&direction=desc', [CURL, OPENSSL]],
    ['sort=endpointCount', [CURL, OPENSSL]],
    ['sort=firstSeenAt&direction=asc&limit=1', [OPENSSL]],
    ['search=%25', []],
  ])('%s', async (query, ids) => {
    const { items } = await get<VulnerabilityList>(`/vulnerabilities?${query}`);
    expect(items.map(({ id }) => id)).toEqual(ids);
  });

  test.each(['score', 'id', 'cvss', 'epss', 'endpointCount', 'firstSeenAt'])(
    'pages sorted by %s neither overlap nor leave anything out',
    async (sort) => {
      const first = await get<VulnerabilityList>(`/vulnerabilities?sort=${sort}&limit=1`);
      const second = await get<VulnerabilityList>(`/vulnerabilities?sort=${sort}&limit=1&cursor=${first.nextCursor}`);
      expect([...first.items, ...second.items].map(({ id }) => id).sort()).toEqual([OPENSSL, CURL]);
      expect(second.nextCursor).toBeNull();
    },
  );

  test.each([
    'limit=0',
    'sort=nothing',
    'severity=bad',
    'cursor=!!',
    `cursor=${Buffer.from('["x","y"]').toString('base64url')}`,
  ])('%s is refused', async (query) => expect((await fleet.call('GET', `/vulnerabilities?${query}`)).status).toBe(400));
});

describe('GET /vulnerabilities/:id', () => {
  test('has the argument with both versions, the facts, the records and the curve', async () => {
    const detail = await get<VulnerabilityDetail>(`/vulnerabilities/${OPENSSL}`);
    expect(detail).toMatchObject({
      summary: { id: OPENSSL, endpointCount: 1 },
      kev: { ransomware: true, requiredAction: 'Apply updates.' },
      priority: { override: null },
      advisories: [{ feed: 'debian-tracker', id: 'DSA-1', recordSha256: 'ab'.repeat(32) }],
      software: [
        {
          endpointCount: 1,
          verdict: {
            outcome: 'affected',
            version: '3.0.15-1',
            namespace: 'debian:12',
            evidence: [{ rule: 'below-fixed', installed: '3.0.15-1', boundary: '3.0.17-1', comparison: '<' }],
          },
        },
      ],
      trend: [{ endpointCount: 0 }, { endpointCount: 1 }],
    });
    expect(detail.priority.steps.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(detail.priority.score, 5);
  });

  test('404 for what no feed names', async () => {
    expect(await fleet.call('GET', '/vulnerabilities/CVE-1999-1')).toMatchObject({
      status: 404,
      json: { code: 'unknown-vulnerability' },
    });
  });

  test('400 for what is no id', async () =>
    expect((await fleet.call('GET', `/vulnerabilities/${'x'.repeat(200)}`)).status).toBe(400));
});

describe('GET /vulnerabilities/:id/endpoints and /endpoints/:id/vulnerabilities', () => {
  test('tell the same from both sides', async () => {
    const { items, total } = await get<AffectedEndpointList>(`/vulnerabilities/${OPENSSL}/endpoints`);
    expect(total).toBe(1);
    expect(items).toMatchObject([
      {
        endpointId: alpha.id,
        hostname: 'alpha',
        package: 'openssl',
        installed: '3.0.15-1',
        fixedVersion: '3.0.17-1',
        state: 'open',
        explanation: 'openssl 3.0.15-1 is installed, 3.0.17-1 fixes it',
        runtime: 'unknown',
        until: null,
      },
    ]);
    const own = await get<EndpointVulnerabilityList>(`/endpoints/${alpha.id}/vulnerabilities`);
    expect(own.items.map(({ id }) => id)).toEqual([OPENSSL, CURL]);
    expect(own.items[0]).toMatchObject({ kev: true, since: items[0]?.since, package: 'openssl' });
    expect((await get<EndpointVulnerabilityList>(`/endpoints/${alpha.id}/vulnerabilities?state=closed`)).items).toEqual(
      [],
    );
  });

  test('one that is used beyond the machine is more urgent than one that nothing has loaded', async () => {
    const score = async (inUse: NonNullable<FakeAgent['system']['inUse']>) => {
      alpha.system = fakeSystem('alpha', { inUse });
      await alpha.report();
      const { items } = await get<EndpointVulnerabilityList>(`/endpoints/${alpha.id}/vulnerabilities`);
      return items.find(({ id }) => id === OPENSSL);
    };
    const beyond = await score([{ package: 'openssl', reach: 'beyond', commands: ['nginx'], units: [] }]);
    const dormant = await score([]);
    expect([beyond?.runtime, dormant?.runtime]).toEqual(['listens-beyond', 'dormant']);
    expect(beyond?.score).toBeGreaterThan(dormant?.score ?? 0);
    alpha.system = fakeSystem('alpha');
    await alpha.report();
  });

  test('404 for an endpoint that is not there; 400 for a time to come', async () => {
    const nobody = '01890000-0000-7000-8000-000000000000';
    expect((await fleet.call('GET', `/endpoints/${nobody}/vulnerabilities`)).status).toBe(404);
    const ahead = new Date(Date.parse(now()) + DAY_MS).toISOString();
    expect(await fleet.call('GET', `/endpoints/${alpha.id}/vulnerabilities?asOf=${ahead}`)).toMatchObject({
      status: 400,
      json: { code: 'not-yet' },
    });
    expect((await fleet.call('GET', `/vulnerabilities/${OPENSSL}/endpoints?asOf=yesterday`)).status).toBe(400);
  });
});

describe('GET /explain', () => {
  test('tells the whole argument, also for what does not apply', async () => {
    const { text, verdicts, priority } = await get<Explanation>(`/explain?vulnerability=${OPENSSL}&package=openssl`);
    expect(verdicts.map(({ version, outcome }) => [version, outcome])).toEqual([
      ['3.0.15-1', 'affected'],
      ['3.0.17-1', 'not-affected'],
    ]);
    expect(text).toContain('3.0.15-1 < 3.0.17-1 in the deb order');
    expect(priority?.score).toBeGreaterThan(0);
  });

  test('of an endpoint tells only what concerns it', async () => {
    const { verdicts } = await get<Explanation>(`/explain?vulnerability=${OPENSSL}&endpointId=${alpha.id}`);
    expect(verdicts).toMatchObject([{ version: '3.0.15-1', outcome: 'affected' }]);
  });

  test.each([
    [`vulnerability=${OPENSSL}`, 400],
    [`vulnerability=${OPENSSL}&package=nothing-like-it`, 404],
    [`vulnerability=${OPENSSL}&endpointId=01890000-0000-7000-8000-000000000000`, 404],
    ['package=openssl', 400],
  ])('%s: %i', async (query, status) => expect((await fleet.call('GET', `/explain?${query}`)).status).toBe(status));
});

describe('GET /risk, /next-patches, /gaps', () => {
  test('the curve ends with what is open now, each vulnerability on each endpoint once', async () => {
    const { points, exploitedExposureDays } = await get<RiskSeries>('/risk');
    expect(points).toHaveLength(90);
    expect(points.at(-1)).toMatchObject({ unknown: 3, exploited: 1 });
    expect(exploitedExposureDays).toBe(1);
  });

  test('the best next patch, what it leaves, and where it is needed', async () => {
    const { items, totalRisk, remaining } = await get<NextPatches>('/next-patches');
    expect(items).toMatchObject([
      { source: 'openssl', fixedVersion: '3.0.17-1', endpointCount: 1, exploitedCount: 1, top: [OPENSSL] },
    ]);
    expect(items[0]?.endpoints).toEqual([{ id: alpha.id, hostname: 'alpha' }]);
    expect(remaining).toMatchObject([{ reason: 'no fix yet', count: 2 }]);
    const left = remaining.reduce((sum, { risk }) => sum + risk, 0);
    expect((items[0]?.riskRemoved ?? 0) + left).toBeCloseTo(totalRisk, 1);
    const own = await get<NextPatches>(`/next-patches?endpointId=${alpha.id}`);
    expect(own.items).toMatchObject([{ source: 'openssl', endpointCount: 1 }]);
    expect((await fleet.call('GET', '/next-patches?limit=0')).status).toBe(400);
  });

  test('a package of another publisher, a component that nobody knows, and a silent endpoint are gaps', async () => {
    const manifest = fakeManifest([
      fakePackage('docker-ce', '5:27.0-1', {
        origin: { origin: 'Docker', label: 'Docker CE', suite: 'bookworm', codename: 'bookworm', component: 'stable' },
      }),
    ]);
    const gamma = await fleet.agent('gamma', {
      manifest: {
        ...manifest,
        components: [
          { purl: 'pkg:npm/lodash@4.17.20', place: 'host', locations: ['/srv/app'] },
          { purl: 'pkg:swid/thing@1', place: 'container', locations: ['box'] },
        ],
      },
      updates: fakeUpdates([]),
    });
    await assessNow(fleet.context);
    const { items } = await get<FleetGapList>('/gaps');
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ reason: 'third-party-origin', what: 'Docker', endpointCount: 1 }),
        expect.objectContaining({ reason: 'no-advisories', what: 'npm', endpointCount: 1, packageCount: 1 }),
        expect.objectContaining({ reason: 'unsupported-distribution', what: 'unknown' }),
      ]),
    );
    const own = await get<EndpointVulnerabilityList>(`/endpoints/${gamma.id}/vulnerabilities`);
    expect(own.gaps.map(({ what }) => what)).toEqual(expect.arrayContaining(['npm', 'docker-ce 5:27.0-1']));
    await fleet.call('DELETE', `/endpoints/${gamma.id}`);
  });
});

describe('PUT /endpoints/:id/asset', () => {
  const path = () => `/endpoints/${alpha.id}/asset`;
  const decisionOf = async () => {
    const { items } = await get<EndpointVulnerabilityList>(`/endpoints/${alpha.id}/vulnerabilities`);
    const { decision, score } = items.find(({ id }) => id === OPENSSL) ?? { decision: '', score: 0 };
    return { decision, score };
  };

  test('200: what is stated counts in the endpoint’s own priorities, and can be taken back', async () => {
    const before = await decisionOf();
    expect(await fleet.call('PUT', path(), { criticality: 'high' })).toMatchObject({
      status: 200,
      json: { criticality: 'high', exposure: 'unknown' },
    });
    await fleet.call('PUT', path(), { exposure: 'internet' });
    expect(await get(path())).toMatchObject({ criticality: 'high', exposure: 'internet', site: '' });
    expect((await decisionOf()).score).toBeGreaterThan(before.score);
    await fleet.call('PUT', path(), { criticality: 'low', exposure: 'isolated' });
    expect((await decisionOf()).score).toBeLessThan(before.score);
    await fleet.call('PUT', path(), { criticality: 'unknown', exposure: 'unknown' });
    expect(await decisionOf()).toEqual(before);
    const { items } = await get<{ items: { kind: string }[] }>(`/evidence?endpointId=${alpha.id}`);
    expect(items.filter(({ kind }) => kind === 'override-set')).toHaveLength(4);
  });

  test.each([{}, { criticality: 'enormous' }, { exposure: 7 }, { other: 'high' }])('400: %j', async (body) => {
    expect(await fleet.call('PUT', path(), body)).toMatchObject({ status: 400 });
  });

  test('404: nobody’s endpoint', async () => {
    const nobody = '/endpoints/00000000-0000-7000-8000-000000000000/asset';
    expect(await fleet.call('PUT', nobody, { criticality: 'high' })).toMatchObject({ status: 404 });
    expect(await fleet.call('GET', nobody)).toMatchObject({ status: 404 });
  });
});
