import type { CreatedEnrolmentToken, EnrolmentTokenList } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAgent } from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());

async function tokenWith(rest: object): Promise<CreatedEnrolmentToken> {
  const { json } = await fleet.call('POST', '/enrolment-tokens', { name: 'hostile', ...rest });
  return json as unknown as CreatedEnrolmentToken;
}

const enrolAs = (agent: FakeAgent, token: string, more: object = {}) => {
  const body = JSON.stringify({ ...(JSON.parse(agent.enrolRequest(token)) as object), ...more });
  return agent.send({ method: 'POST', path: '/enrol', body });
};
const summaryOf = async ({ id }: FakeAgent): Promise<unknown> => {
  const { json } = await fleet.call('GET', `/endpoints/${id}`);
  return (json as { summary: unknown }).summary;
};

test('of many who take a token’s last use at once one gets it', async () => {
  const { token, secret } = await tokenWith({ maximumUses: 1 });
  const agents = Array.from({ length: 6 }, (_, index) => new FakeAgent(fleet.url, `racer-${index}`));
  const statuses = (await Promise.all(agents.map((agent) => enrolAs(agent, secret)))).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 401, 401, 401, 401, 401]);
  const { items } = (await fleet.call('GET', '/enrolment-tokens')).json as unknown as EnrolmentTokenList;
  expect(items.find(({ id }) => id === token.id)?.useCount).toBe(1);
});

test('an endpoint gives itself nothing that its token does not give', async () => {
  const { secret } = await tokenWith({ labels: { role: 'till' }, approve: true });
  const agent = new FakeAgent(fleet.url, 'greedy');
  const wish = { labels: { role: 'root' }, groups: ['admins'], site: 'vault', admission: 'admitted', approve: false };
  const reply = await enrolAs(agent, secret, { ...wish, organisationId: agent.key.keyid.slice(0, 8) });
  expect(reply).toMatchObject({ status: 200, json: { waiting: true } });
  agent.enrolled = reply.json as typeof agent.enrolled;
  expect(await summaryOf(agent)).toMatchObject({ labels: { role: 'till' }, groups: [], site: '' });
});

test.each([
  ['markup', '<img src=x onerror=alert(1)>'],
  ['a line of its own', 'web-1\nroot logged in'],
  ['what writes from right to left', 'web\u202e1-bd'],
  ['500 characters', 'x'.repeat(500)],
])('a host name that becomes %s later is not shown to people', async (_, hostname) => {
  const agent = await fleet.agent(`honest-${hostname.length}`);
  agent.system = { ...agent.system, hostname };
  await agent.report();
  expect(await summaryOf(agent)).toMatchObject({ hostname: agent.hostname });
});

test('who was removed, and enrols again with the same key, is somebody new that waits like others', async () => {
  const agent = await fleet.agent('removed-once');
  const before = agent.id;
  await fleet.call('DELETE', `/endpoints/${before}`);
  const { secret } = await tokenWith({ approve: true });
  const reply = await enrolAs(agent, secret);
  expect(reply).toMatchObject({ status: 200, json: { waiting: true } });
  expect((reply.json as { endpointId: string }).endpointId).not.toBe(before);
});

test('a confirmation of a new key that is sent again later changes nothing, also after the next key', async () => {
  const agent = await fleet.agent('rotating');
  const [first, second] = [generateSigningKey(), generateSigningKey()];
  await agent.offerKey(first);
  expect((await agent.confirmKey(first)).status).toBe(204);
  await agent.offerKey(second);
  expect((await agent.confirmKey(second)).status).toBe(204);
  const replayed = new FakeAgent(fleet.url, agent.hostname, { key: first });
  const reply = await replayed.send({ method: 'POST', path: '/key/confirm', sequence: 9999 });
  expect(reply.status).toBe(401);
  expect((await agent.checkIn()).standing).toBeUndefined();
});

test('the queue has an end: who has a token can’t fill the database', async () => {
  const { secret } = await tokenWith({ approve: true });
  const { pool } = fleet.context.database;
  await pool.query(
    `insert into endpoint (id, organisation_id, enrolment_token_id, keyid, public_key, machine, hostname, os_id, os_name,
       architecture, enrolled_at, admission)
     select gen_random_uuid(), organisation_id, id, 'flood ' || n, 'flood', 'flood', 'flood', 'debian', 'debian', 'amd64', now(), 'waiting'
     from enrolment_token, generate_series(1, 5000) as n where secret_hash = sha256($1::text::bytea)`,
    [secret],
  );
  const agent = new FakeAgent(fleet.url, 'one-more');
  expect(await enrolAs(agent, secret)).toMatchObject({ status: 429, json: { code: 'queue-full' } });
  await pool.query(`delete from endpoint where public_key = 'flood'`);
  expect((await enrolAs(agent, secret)).status).toBe(200);
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
