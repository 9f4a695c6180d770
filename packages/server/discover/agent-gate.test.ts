import { generateSigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeAgent, sendPlain } from '../testing.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';

let fleet: TestFleet;
let agent: FakeAgent;
let counter = 0;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  counter += 1;
  agent = await fleet.agent(`gate${counter}`);
});

const checkIn = (rest: object = {}) =>
  agent.send({ method: 'POST', path: '/check-in', body: agent.checkInBody(), ...rest });

describe('a signed request', () => {
  test('401 signature-missing: is not signed', async () => {
    const reply = await sendPlain(`${fleet.url}/api/v1/agent/check-in`, 'POST', {}, Buffer.from(agent.checkInBody()));
    expect(reply).toMatchObject({ status: 401, json: { code: 'signature-missing' } });
  });

  test('401 unknown-endpoint: is signed by a key that nobody enrolled', async () => {
    const stranger = new FakeAgent(fleet.url, 'stranger', { key: generateSigningKey() });
    const reply = await stranger.send({ method: 'POST', path: '/check-in', body: stranger.checkInBody() });
    expect(reply).toMatchObject({ status: 401, json: { code: 'unknown-endpoint' } });
  });

  test('401: names another endpoint than its key’s', async () => {
    const other = await fleet.agent(`other${counter}`);
    const forged = (signed: { body: Uint8Array; headers: Record<string, string> }) => ({
      ...signed,
      headers: {
        ...signed.headers,
        'signature-input': (signed.headers['signature-input'] ?? '').replace(agent.key.keyid, other.key.keyid),
      },
    });
    expect(await checkIn({ tamper: forged, sequence: 999 })).toMatchObject({
      status: 401,
      json: { code: 'signature-invalid' },
    });
    // The forgery did not use up the other's sequence.
    expect((await other.checkIn()).wanted).toEqual([]);
  });

  test('401 digest-mismatch: the body was changed on the way', async () => {
    const tamper = (signed: { body: Uint8Array; headers: Record<string, string> }) => ({
      ...signed,
      body: Buffer.from(Buffer.from(signed.body).toString('utf8').replace('0.0.0-fake', '6.6.6-fake')),
    });
    expect(await checkIn({ tamper })).toMatchObject({ status: 401, json: { code: 'digest-mismatch' } });
  });

  test('401 clock-skew: is too old or from the future, and learns the server’s time', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const created of [now - 400, now + 400])
      expect(await checkIn({ created })).toMatchObject({
        status: 401,
        json: { code: 'clock-skew', extra: { serverTime: expect.stringMatching(/^2/) as unknown } },
      });
  });

  test('409 stale-sequence: is accepted once, and learns where its lane stands', async () => {
    expect((await checkIn({ sequence: 50 })).status).toBe(200);
    for (const sequence of [50, 49])
      expect(await checkIn({ sequence })).toMatchObject({
        status: 409,
        json: { code: 'stale-sequence', extra: { lastSequence: 50 } },
      });
  });

  test('the same request many times at once is accepted exactly once', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => checkIn({ sequence: 70 })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(11);
  });

  test('lanes are counted apart: a held request does not wait for the others', async () => {
    expect((await checkIn({ sequence: 90 })).status).toBe(200);
    expect(await agent.send({ method: 'GET', path: '/orders?wait=0', lane: 'held', sequence: 3 })).toMatchObject({
      status: 200,
      json: { orders: [], cancellations: [] },
    });
  });

  test('410 endpoint-removed: after its endpoint was removed, also for a server that knew its key', async () => {
    expect((await fleet.call('DELETE', `/endpoints/${agent.id}`)).status).toBe(204);
    expect(await checkIn()).toMatchObject({ status: 410, json: { code: 'endpoint-removed' } });
    expect(await checkIn()).toMatchObject({ status: 410, json: { code: 'endpoint-removed' } });
    expect((await fleet.call('GET', `/endpoints/${agent.id}`)).status).toBe(404);
    // The key may come back, as a new endpoint.
    const again = new FakeAgent(fleet.url, agent.hostname, { key: agent.key });
    expect((await again.enrol(fleet.token)).endpointId).not.toBe(agent.id);
    // The lists are known, what names the endpoint is not.
    expect((await again.report()).wanted).toEqual(['system']);
  });

  test('413: a check-in of megabytes', async () => {
    expect((await checkIn({ body: `"${'x'.repeat(200_000)}"` })).status).toBe(413);
  });

  test('an operator’s cookie opens no agent route, and an agent no operator’s', async () => {
    expect((await fleet.call('POST', '/agent/check-in', {})).status).toBe(401);
    const signed = await agent.send({ method: 'GET', path: '/../endpoints' });
    expect(signed.status).toBe(401);
    expect((await sendPlain(`${fleet.url}/api/v1/endpoints`, 'GET', {}, Buffer.alloc(0))).status).toBe(401);
  });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
