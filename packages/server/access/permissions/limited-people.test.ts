import { API, type Overview, type RunList } from '@thimble/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { type RolloutFleet, startRolloutFleet } from '../../testing/rollout-fleet.ts';
import { publishFeed } from '../../testing.ts';
import { CURL_OPEN, OPENSSL, OPENSSL_FIXED } from '../../testing/vulnerable-fleet.ts';
import { type TestCaller, personWith } from '../testing/person-with.ts';
import { ROUTE_REACH } from './route-reach.ts';

let fleet: RolloutFleet;
/** By host name: `…-web` are within reach, `…-mail` are not. */
const endpoints = new Map<string, FakeAgent>();
/** May everything, on the web servers alone. */
let limited: TestCaller;

/** Whose endpoints a policy is for: all within reach, none of them, and some. */
const KINDS = ['inside', 'beyond', 'mixed'] as const;
type Kind = (typeof KINDS)[number];
const policies = new Map<Kind, string>();
const rollouts = new Map<Kind, string>();

const idOf = (host: string): string => endpoints.get(host)?.id ?? host;
const policyOf = (kind: Kind): string => policies.get(kind) ?? kind;
const rolloutOf = (kind: Kind): string => rollouts.get(kind) ?? kind;

beforeAll(async () => {
  fleet = await startRolloutFleet();
  for (const host of ['inside-web', 'beyond-mail', 'mixed-web', 'mixed-mail']) {
    const agent = await fleet.agent(host);
    endpoints.set(host, agent);
    const set = { role: host.endsWith('web') ? 'web' : 'mail' };
    expect((await fleet.call('POST', '/endpoints/labels', { endpoints: [agent.id], set })).status).toBe(200);
  }
  await publishFeed(fleet.context, 'debian-tracker', [OPENSSL_FIXED, CURL_OPEN]);
  limited = await personWith(fleet, [{ roleId: 'owner', labels: { role: 'web' } }]);
  for (const kind of KINDS) {
    const scope = `name: for-${kind}\nscope: { hostnames: ['${kind}-*'] }`;
    const rest = 'content: endpoint\ntrial: { mode: none }\nrings: [{ name: all, members: rest }]\n';
    policies.set(kind, await fleet.policy(`format: 1\n${scope}\n${rest}approvals: { required: 1 }\n`));
  }
});
afterAll(() => fleet.stop());

test.each(['beyond', 'mixed'] as const)(
  'a rollout of endpoints that are %s is not started, and is not there',
  async (kind) => {
    const started = await limited.call('POST', '/rollouts', { policyId: policyOf(kind) });
    expect(started).toMatchObject({ status: 403, json: { code: 'beyond-reach' } });
    const { id } = (await fleet.start(policyOf(kind))).summary;
    rollouts.set(kind, id);
    for (const part of ['', '/members', '/plans'])
      expect(await limited.call('GET', `/rollouts/${id}${part}`), part).toMatchObject({
        status: 404,
        json: { code: 'unknown-rollout' },
      });
    expect((await limited.call('POST', `/rollouts/${id}/halt`, { reason: 'x' })).status).toBe(404);
    expect((await limited.call('GET', '/rollouts')).json).toMatchObject({ total: 0, items: [] });
  },
);

test('a rollout of endpoints within reach is started, seen and halted', async () => {
  const own = await limited.call('POST', '/rollouts', { policyId: policyOf('inside') });
  expect(own).toMatchObject({ status: 201, json: { summary: { memberCount: 1 } } });
  const { id } = own.json['summary'] as { id: string };
  rollouts.set('inside', id);
  expect((await limited.call('GET', '/rollouts')).json).toMatchObject({ total: 1, items: [{ id }] });
  expect((await limited.call('GET', `/rollouts/${id}/members`)).json).toMatchObject({
    items: [{ hostname: 'inside-web' }],
  });
  expect((await limited.call('POST', `/rollouts/${id}/halt`, { reason: 'x' })).status).toBe(200);
});

test('of an update, endpoints within reach alone are counted and named', async () => {
  const { items } = (await limited.call('GET', '/updates')).json as {
    items: { endpointCount: number; endpoints: { hostname: string }[] }[];
  };
  expect(items.length).toBeGreaterThan(0);
  for (const { endpointCount, endpoints: named } of items)
    expect([endpointCount, ...named.map(({ hostname }) => hostname)]).toEqual([2, 'inside-web', 'mixed-web']);
});

test('the overview counts what is within reach', async () => {
  const whole = (await fleet.call('GET', '/overview')).json as unknown as Overview;
  const own = (await limited.call('GET', '/overview')).json as unknown as Overview;
  // All endpoints are alike, and half of them are within reach.
  for (const key of ['endpointCount', 'openFindings', 'exposedEndpoints', 'pendingUpdates', 'securityUpdates'] as const)
    expect([key, own[key] * 2]).toEqual([key, whole[key]]);
  expect(own.top.map(({ endpointCount }) => endpointCount * 2)).toEqual(whole.top.map((each) => each.endpointCount));
  expect(own.trend.at(-1)).toMatchObject({ openFindings: own.openFindings, exposedEndpoints: own.exposedEndpoints });
  expect(own.openFindings).toBeGreaterThan(0);
  const { items } = (await limited.call('GET', '/runs')).json as unknown as RunList;
  expect(own.activeRuns).toBe(items.filter(({ state }) => /planning|awaiting|running/.test(state)).length);
  expect(whole.activeRuns).toBeGreaterThan(own.activeRuns);
});

test('no route that reads tells of an endpoint beyond reach, its host, its runs or its rollouts', async () => {
  const { kysely } = fleet.context.database;
  const own = { endpoints: [idOf('mixed-web'), idOf('mixed-mail')], selection: { kind: 'security' } };
  expect((await fleet.call('POST', '/runs', own)).status).toBe(201);
  const runs = await sql<{ id: string }>`
    select id from run where rollout_id is distinct from ${rolloutOf('inside')}`.execute(kysely);
  const beyond = [
    ...['beyond-mail', 'mixed-mail'].flatMap((host) => [host, idOf(host)]),
    rolloutOf('beyond'),
    rolloutOf('mixed'),
    ...runs.rows.map(({ id }) => id),
  ];
  const ids = [idOf('inside-web'), rolloutOf('inside'), ...beyond.filter((each) => !each.endsWith('-mail'))];
  const { paths } = (await (await fetch(`${fleet.url}${API}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const reads = Object.entries(paths).flatMap(([path, methods]) =>
    'get' in methods && !path.endsWith('/events') ? [path.slice(API.length)] : [],
  );
  expect(reads.length).toBeGreaterThan(60);
  const leaks: string[] = [];
  let answered = 0;
  for (const path of reads)
    for (const id of path.startsWith('/vulnerabilities/{id}') ? [OPENSSL] : path.includes('{id}') ? ids : ['']) {
      const address = path.replace('{id}', id).replace(/\{[^}]+\}/g, 'x');
      const reply = await fetch(`${fleet.url}${API}${address}`, { headers: { cookie: limited.cookie } });
      const text = await reply.text();
      if (reply.ok) answered += 1;
      if (reply.ok && beyond.includes(id)) leaks.push(`${path} answers for ${id}`);
      const told = beyond.filter((each) => each !== id && text.includes(each));
      if (told.length > 0) leaks.push(`${path} tells ${told.join(', ')}`);
    }
  expect(leaks).toEqual([]);
  expect(answered).toBeGreaterThan(20);
});

test('every count of endpoints that such a person reads is of those within reach', async () => {
  const routes = Object.entries(ROUTE_REACH).flatMap(([name, kind]) =>
    name.startsWith('GET ') && kind === 'filtered' && !/events|explain|:/.test(name) ? [name.slice('GET '.length)] : [],
  );
  expect(routes).toContain('/rollouts');
  for (const route of routes) {
    const { status, json } = await limited.call('GET', route);
    expect(status, route).toBe(200);
    for (const count of countsIn(json)) expect(count, route).toBeLessThanOrEqual(2);
  }
});

/** Whatever is called a number of endpoints, members or targets, however deep. */
function countsIn(value: unknown): readonly number[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    /^(endpoint|member|target)Count$/.test(key) && typeof each === 'number' ? [each] : countsIn(each),
  );
}
