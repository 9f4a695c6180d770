import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeAgent } from '../testing.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());

const enrolAs = (agent: FakeAgent, token: string) =>
  agent.send({ method: 'POST', path: '/enrol', body: agent.enrolRequest(token) });

async function tokenWith(options: object): Promise<{ id: string; secret: string; command: string }> {
  const { status, json } = await fleet.call('POST', '/enrolment-tokens', { name: 'some', ...options });
  expect(status).toBe(201);
  const { token, secret, command } = json as { token: { id: string }; secret: string; command: string };
  return { id: token.id, secret, command };
}

describe('POST /agent/enrol', () => {
  test('200: makes an endpoint, pins the order key, and leaves a record', async () => {
    const agent = new FakeAgent(fleet.url, 'web1');
    const reply = await agent.enrol(fleet.token);
    expect(reply.orderKeys).toEqual([
      { keyid: fleet.context.orderKey.keyid, publicKey: fleet.context.orderKey.publicKey },
    ]);
    const evidence = await fleet.call('GET', `/evidence?endpointId=${reply.endpointId}`);
    expect(evidence.json).toMatchObject({ items: [{ kind: 'endpoint-enrolled' }] });
    expect(await fleet.call('GET', `/endpoints/${reply.endpointId}`)).toMatchObject({
      status: 200,
      json: { summary: { state: 'unknown', hostname: 'web1' }, system: null },
    });
  });

  test('200: the same machine and key again is the same endpoint, and uses the token once', async () => {
    const { secret } = await tokenWith({ maximumUses: 1 });
    const agent = new FakeAgent(fleet.url, 'web2');
    const first = await agent.enrol(secret);
    expect((await agent.enrol(secret)).endpointId).toBe(first.endpointId);
  });

  test('401: a token is used as often as it says, also by many at once', async () => {
    const { secret } = await tokenWith({ maximumUses: 3 });
    const agents = Array.from({ length: 8 }, (_, index) => new FakeAgent(fleet.url, `many${index}`));
    const statuses = (await Promise.all(agents.map((agent) => enrolAs(agent, secret)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 200, 401, 401, 401, 401, 401]);
  });

  test('401: an unknown or revoked token', async () => {
    expect(await enrolAs(new FakeAgent(fleet.url, 'x'), 'thimble_enrol_of_nobody_at_all')).toMatchObject({
      status: 401,
      json: { code: 'bad-enrolment-token' },
    });
    const { id, secret } = await tokenWith({});
    expect((await fleet.call('DELETE', `/enrolment-tokens/${id}`)).status).toBe(204);
    expect(await enrolAs(new FakeAgent(fleet.url, 'x'), secret)).toMatchObject({ status: 401 });
  });

  test('401: a request that another key signed proves nothing', async () => {
    const agent = new FakeAgent(fleet.url, 'web3');
    const thief = new FakeAgent(fleet.url, 'thief');
    const reply = await thief.send({ method: 'POST', path: '/enrol', body: agent.enrolRequest(fleet.token) });
    expect(reply).toMatchObject({ status: 401, json: { code: 'signature-invalid' } });
  });

  test('409: the key of an endpoint on another machine, or with another token', async () => {
    const agent = await fleet.agent('web4');
    const copy = new FakeAgent(fleet.url, 'copy', { key: agent.key });
    expect(
      await copy.send({ method: 'POST', path: '/enrol', body: copy.enrolRequest(fleet.token), sequence: 1000 }),
    ).toMatchObject({ status: 409, json: { code: 'already-enrolled' } });
    const { secret } = await tokenWith({});
    expect(await enrolAs(agent, secret)).toMatchObject({ status: 409, json: { code: 'already-enrolled' } });
  });

  test('409: a replayed enrolment', async () => {
    const agent = await fleet.agent('web5');
    const body = agent.enrolRequest(fleet.token);
    expect(await agent.send({ method: 'POST', path: '/enrol', body, sequence: 1 })).toMatchObject({
      status: 409,
      json: { code: 'stale-sequence' },
    });
  });

  test.each([
    ['no JSON', '{', 400],
    ['another shape', '{"token":1}', 422],
    ['a NUL in a name', 'nul', 400],
  ])('%s is refused', async (name, body, status) => {
    const agent = new FakeAgent(fleet.url, 'web6');
    const sent = body === 'nul' ? agent.enrolRequest(fleet.token).replace('web6', 'we\\u0000b') : body;
    expect((await agent.send({ method: 'POST', path: '/enrol', body: sent })).status, name).toBe(status);
  });
});

test('text that only looks like a NUL is text', async () => {
  const agent = new FakeAgent(fleet.url, 'web7');
  const body = agent.enrolRequest('thimble_enrol_of_nobody').replace('nobody', 'no\\\\u0000body');
  expect((await agent.send({ method: 'POST', path: '/enrol', body })).status).toBe(401);
});

describe('enrolment tokens', () => {
  test('the secret is shown once, in a command that is ready to run', async () => {
    const { id, secret, command } = await tokenWith({ maximumUses: 5, expiresInHours: 2 });
    expect(command).toBe(
      `thimble agent enroll --server ${fleet.context.publicUrl} --token ${secret} --ca-fingerprint ${fleet.context.caFingerprint}`,
    );
    const { json } = await fleet.call('GET', '/enrolment-tokens');
    expect(JSON.stringify(json)).not.toContain(secret);
    expect((json as { items: { id: string; maximumUses: number }[] }).items).toContainEqual(
      expect.objectContaining({ id, maximumUses: 5, useCount: 0 }),
    );
  });

  test('404: a token that is not there', async () => {
    expect((await fleet.call('DELETE', '/enrolment-tokens/00000000-0000-7000-8000-00000000dead')).status).toBe(404);
  });
});
