import type { EndpointIdentity, EnrolmentToken, Overview, WaitingEndpointList } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeAgent } from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';
import { createFailureLimit } from './failure-limit.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());

const enrolAs = (agent: FakeAgent, token: string) =>
  agent.send({ method: 'POST', path: '/enrol', body: agent.enrolRequest(token) });

async function tokenWith(options: object): Promise<{ token: EnrolmentToken; secret: string }> {
  const { status, json } = await fleet.call('POST', '/enrolment-tokens', { name: 'scoped', ...options });
  expect(status).toBe(201);
  return json as unknown as { token: EnrolmentToken; secret: string };
}

async function waitingAgent(hostname: string): Promise<FakeAgent> {
  const { secret } = await tokenWith({ approve: true });
  const agent = new FakeAgent(fleet.url, hostname);
  expect((await agent.enrol(secret)).waiting).toBe(true);
  return agent;
}

const waiting = async (): Promise<WaitingEndpointList> =>
  (await fleet.call('GET', '/enrolment/waiting')).json as unknown as WaitingEndpointList;
const kindsOf = async (id: string): Promise<unknown[]> => {
  const { json } = await fleet.call('GET', `/evidence?endpointId=${id}`);
  return (json as { items: { kind: string }[] }).items.map(({ kind }) => kind);
};

describe('what a token gives and demands', () => {
  test('labels, groups and site are the endpoint’s from its enrolment on', async () => {
    const { secret } = await tokenWith({ labels: { role: 'web' }, groups: ['edge'], site: 'berlin' });
    const agent = new FakeAgent(fleet.url, 'scoped1');
    await agent.enrol(secret);
    expect((await fleet.call('GET', `/endpoints/${agent.id}`)).json).toMatchObject({
      summary: { labels: { role: 'web' }, groups: ['edge'], site: 'berlin' },
    });
  });

  test('a token lives for seven days when nothing is said, and for ever only when that is said', async () => {
    const days = ({ token }: { token: EnrolmentToken }) =>
      token.expiresAt === null ? null : (Date.parse(token.expiresAt) - Date.parse(token.createdAt)) / 86_400_000;
    expect(days(await tokenWith({}))).toBe(7);
    expect(days(await tokenWith({ expiresInHours: 1 }))).toBeCloseTo(1 / 24);
    expect(days(await tokenWith({ expiresInHours: null }))).toBeNull();
  });

  test('401: from another network; and that try uses nothing up', async () => {
    const { secret } = await tokenWith({ networks: ['10.0.0.0/8', '2001:db8::/32'], maximumUses: 1 });
    const agent = new FakeAgent(fleet.url, 'elsewhere');
    expect(await enrolAs(agent, secret)).toMatchObject({ status: 401, json: { code: 'bad-enrolment-token' } });
    const { json } = await fleet.call('GET', '/enrolment-tokens');
    const items = (json as unknown as { items: EnrolmentToken[] }).items;
    expect(items.find(({ networks }) => networks.length === 2)?.useCount).toBe(0);
  });

  test('200: from one of its networks', async () => {
    const { secret } = await tokenWith({ networks: ['127.0.0.0/8', '::1/128'] });
    expect((await enrolAs(new FakeAgent(fleet.url, 'near'), secret)).status).toBe(200);
  });

  test('422: what is no network', async () => {
    const reply = await fleet.call('POST', '/enrolment-tokens', { name: 'x', networks: ['10.0.0.0/33'] });
    expect(reply).toMatchObject({ status: 422, json: { code: 'bad-network' } });
  });

  test.each(['a b', '<b>', 'we\u202eb', '-x', 'x'.repeat(300)])('422: the host name %j', async (hostname) => {
    const { secret } = await tokenWith({});
    expect((await enrolAs(new FakeAgent(fleet.url, hostname), secret)).status).toBe(422);
  });

  test('revoking a token leaves a record, and its secret is in none', async () => {
    const { token, secret } = await tokenWith({ name: 'short-lived' });
    expect((await fleet.call('DELETE', `/enrolment-tokens/${token.id}`)).status).toBe(204);
    const { json } = await fleet.call('GET', '/evidence?limit=50');
    expect(JSON.stringify(json)).toContain('enrolment token short-lived was revoked');
    expect(JSON.stringify(json)).not.toContain(secret);
  });
});

describe('the queue', () => {
  test('who waits is seen, with what a person compares, and gets neither orders nor content nor is believed', async () => {
    const before = (await fleet.call('GET', '/overview')).json as unknown as Overview;
    const agent = await waitingAgent('newcomer');
    // It is no endpoint of any number yet.
    expect((await fleet.call('GET', '/overview')).json).toMatchObject({
      endpointCount: before.endpointCount,
      waitingCount: (before.waitingCount ?? 0) + 1,
    });
    expect(await agent.checkIn()).toMatchObject({ wanted: [], ordersWaiting: false, standing: { kind: 'waiting' } });
    const { items } = await waiting();
    expect(items.find(({ id }) => id === agent.id)).toMatchObject({
      hostname: 'newcomer',
      machine: agent.machine,
      keyid: agent.key.keyid,
      token: 'scoped',
      address: expect.stringMatching(/127\.0\.0\.1|::1/) as unknown,
      former: null,
    });
    expect(await agent.send({ method: 'POST', path: '/content' })).toMatchObject({
      status: 403,
      json: { code: 'endpoint-waiting' },
    });
    await expect(agent.putDocument('manifest')).rejects.toThrow('403');
    expect((await agent.takeOrders()).orders).toEqual([]);
    expect((await fleet.call('POST', `/endpoints/${agent.id}/scan`)).status).toBe(409);
    const run = await fleet.call('POST', '/runs', { endpoints: [agent.id], selection: { kind: 'security' } });
    expect(run.status).toBe(404);
  });

  test('who is let in is an endpoint like others, at once', async () => {
    const agent = await waitingAgent('welcome');
    expect((await fleet.call('POST', '/enrolment/admit', { endpoints: [agent.id] })).json).toEqual({ changed: 1 });
    expect((await agent.report()).standing).toBeUndefined();
    expect((await fleet.call('POST', `/endpoints/${agent.id}/scan`)).status).toBe(202);
    expect((await agent.takeOrders()).orders).toHaveLength(1);
    expect(await kindsOf(agent.id)).toContain('endpoint-admitted');
    expect((await fleet.call('POST', '/enrolment/admit', { endpoints: [agent.id] })).json).toEqual({ changed: 0 });
  });

  test('who is refused is gone', async () => {
    const agent = await waitingAgent('unwelcome');
    expect((await fleet.call('POST', '/enrolment/refuse', { endpoints: [agent.id] })).json).toEqual({ changed: 1 });
    expect((await agent.send({ method: 'POST', path: '/check-in', body: agent.checkInBody() })).status).toBe(410);
    expect((await waiting()).items.map(({ id }) => id)).not.toContain(agent.id);
    expect(await kindsOf(agent.id)).toContain('endpoint-refused');
  });

  test('the organisation’s rule makes everybody wait', async () => {
    expect((await fleet.call('PUT', '/enrolment', { approveEnrolments: true })).status).toBe(200);
    const agent = new FakeAgent(fleet.url, 'ruled');
    expect((await agent.enrol(fleet.token)).waiting).toBe(true);
    await fleet.call('PUT', '/enrolment', { approveEnrolments: false });
    const other = new FakeAgent(fleet.url, 'unruled');
    expect((await other.enrol(fleet.token)).waiting).toBeUndefined();
  });
});

test('a removed machine comes back as a new endpoint that knows what it was', async () => {
  const agent = await fleet.agent('returning');
  expect((await fleet.call('DELETE', `/endpoints/${agent.id}`)).status).toBe(204);
  const again = new FakeAgent(fleet.url, 'returning');
  await again.enrol(fleet.token);
  const { json } = await fleet.call('GET', `/endpoints/${again.id}/identity`);
  expect((json as unknown as EndpointIdentity).former).toMatchObject({ id: agent.id, hostname: 'returning' });
});

describe('failed enrolments', () => {
  test('after ten within a minute an address has to wait; good ones don’t count', () => {
    let nowMs = 0;
    const limit = createFailureLimit(() => new Date(nowMs));
    for (let index = 0; index < 10; index += 1) {
      expect(limit.isBlocked('192.0.2.1')).toBe(false);
      limit.note('192.0.2.1');
    }
    expect(limit.isBlocked('192.0.2.1')).toBe(true);
    expect(limit.isBlocked('192.0.2.2')).toBe(false);
    nowMs = 60_000;
    expect(limit.isBlocked('192.0.2.1')).toBe(false);
  });

  test('an IPv6 network counts as one address', () => {
    const limit = createFailureLimit(() => new Date(0));
    for (let index = 0; index < 10; index += 1) limit.note(`2001:db8::${index.toString(16)}`);
    expect(limit.isBlocked('2001:db8:0:0:ffff::1')).toBe(true);
    expect(limit.isBlocked('2001:db8:0:1::1')).toBe(false);
  });

  test('429: over the wire', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1)
      statuses.push((await enrolAs(new FakeAgent(fleet.url, `guess${index}`), 'thimble_enrol_guessed_token')).status);
    expect(statuses.at(-1)).toBe(429);
  });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
