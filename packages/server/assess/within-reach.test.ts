import type {
  AffectedEndpointList,
  Explanation,
  FleetGapList,
  NextPatches,
  Overview,
  RiskSeries,
  VulnerabilityDetail,
  VulnerabilityList,
} from '@thimble/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCaller, personWith } from '../access/testing/person-with.ts';
import type { FakeAgent } from '../testing/fake-agent.ts';
import type { TestFleet } from '../testing/test-fleet.ts';
import { assessNow } from './index.ts';
import { CURL, OPENSSL, startVulnerableFleet, type VulnerableFleet } from '../testing/vulnerable-fleet.ts';

let fleet: TestFleet;
let alpha: FakeAgent;
let asWhole: VulnerableFleet['get'];
/** By a label that all endpoints have. */
let everywhere: TestCaller;
/** Reaches `beta` alone, which has CURL and not OPENSSL. */
let some: TestCaller;

beforeAll(async () => {
  ({ fleet, alpha, get: asWhole } = await startVulnerableFleet(() => new Date()));
  const { items } = await asWhole<{ items: { id: string; hostname: string }[] }>('/endpoints');
  for (const { id, hostname } of items) {
    const set = { fleet: 'all', only: hostname };
    expect((await fleet.call('POST', '/endpoints/labels', { endpoints: [id], set })).status).toBe(200);
  }
  const accepted = {
    vulnerability: OPENSSL,
    endpointId: alpha.id,
    kind: 'accepted',
    reason: 'alpha is alone',
    owner: 'ada',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  };
  expect((await fleet.call('POST', '/exceptions', accepted)).status).toBe(201);
  // The whole organisation is told of the last assessment, the others of now.
  await assessNow(fleet.context);
  everywhere = await personWith(fleet, [{ roleId: 'viewer', labels: { fleet: 'all' } }]);
  some = await personWith(fleet, [{ roleId: 'viewer', labels: { only: 'beta' } }]);
});
afterAll(() => fleet.stop());

test.each([
  '/overview',
  '/vulnerabilities',
  '/vulnerabilities?all=true&sort=id&limit=1',
  `/vulnerabilities/${OPENSSL}`,
  `/vulnerabilities/${CURL}`,
  `/vulnerabilities/${OPENSSL}/endpoints`,
  `/vulnerabilities/${CURL}/endpoints`,
  `/explain?vulnerability=${CURL}&package=curl`,
  '/gaps',
  '/risk',
  '/next-patches',
])('who reaches all endpoints by their labels is told the same: %s', async (path) => {
  const whole = await asWhole<Record<string, unknown>>(path);
  const { status, json } = await everywhere.call('GET', path);
  expect([status, settled(json)]).toEqual([200, settled(whole)]);
});

test('what endpoints beyond reach have is in no list and no sum', async () => {
  const told: string[] = [];
  const get = async <Shape>(path: string): Promise<Shape> => {
    const { status, json } = await some.call('GET', path);
    expect(status, path).toBe(200);
    told.push(JSON.stringify(json));
    return json as Shape;
  };
  expect(await get<VulnerabilityList>('/vulnerabilities?all=true')).toMatchObject({
    total: 1,
    items: [{ id: CURL, endpointCount: 1 }],
  });
  expect(await get<VulnerabilityDetail>(`/vulnerabilities/${OPENSSL}`)).toMatchObject({
    summary: { endpointCount: 0, acceptedCount: 0, packages: [] },
    software: [],
    exceptions: [],
    trend: [],
  });
  const curl = await get<VulnerabilityDetail>(`/vulnerabilities/${CURL}`);
  expect(curl).toMatchObject({ summary: { endpointCount: 1 }, software: [{ endpointCount: 1 }] });
  expect(curl.trend.at(-1)).toMatchObject({ endpointCount: 1 });
  expect(await get<AffectedEndpointList>(`/vulnerabilities/${OPENSSL}/endpoints`)).toEqual({ items: [], total: 0 });
  expect(await get<AffectedEndpointList>(`/vulnerabilities/${CURL}/endpoints`)).toMatchObject({ total: 1 });
  const { items: gaps } = await get<FleetGapList>('/gaps');
  for (const { endpointCount } of gaps) expect(endpointCount).toBe(1);
  const { points } = await get<RiskSeries>('/risk');
  expect(points.at(-1)).toMatchObject({ exploited: 0 });
  expect((await get<NextPatches>('/next-patches')).items).toEqual([]);
  const { vulnerabilities } = await get<Overview>('/overview');
  expect(vulnerabilities).toMatchObject({ total: 1, exploited: 0 });
  expect((await get<Explanation>(`/explain?vulnerability=${CURL}&package=curl`)).verdicts).toHaveLength(1);
  for (const text of told) expect(text).not.toMatch(new RegExp(`alpha|${alpha.id}`));
});

test.each(['/next-patches?endpointId=', `/explain?vulnerability=${CURL}&endpointId=`])(
  'an endpoint beyond reach is not there: %s',
  async (path) => expect((await some.call('GET', `${path}${alpha.id}`)).status).toBe(404),
);

test('a package that endpoints beyond reach alone have is not there', async () => {
  const versions = (caller: typeof some.call) =>
    caller('GET', `/explain?vulnerability=${OPENSSL}&package=openssl`).then(({ json }) => JSON.stringify(json));
  expect(await versions(fleet.call)).toContain('3.0.15-1');
  expect(await versions(some.call)).not.toContain('3.0.15-1');
});

/** Without moments, which are those of the last assessment or of now. */
function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      /^(asOf|at|firstSeenAt|nextCursor|text)$/.test(key) ? [] : [[key, settled(each)]],
    ),
  );
}
