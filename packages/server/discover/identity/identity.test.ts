import type { EndpointIdentity, RunDetail } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeAgent } from '../../testing.ts';
import { settle, type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let agent: FakeAgent;
let nowMs = Date.now();
let counter = 0;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => new Date(nowMs) });
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  nowMs = Date.now();
  counter += 1;
  agent = await fleet.agent(`identity${counter}`);
});

const checkIn = (who: FakeAgent, rest: object = {}) =>
  who.send({ method: 'POST', path: '/check-in', body: who.checkInBody(), ...rest });
const identity = async (id = agent.id): Promise<EndpointIdentity> =>
  (await fleet.call('GET', `/endpoints/${id}/identity`)).json as unknown as EndpointIdentity;
const kindsOf = async (id: string): Promise<unknown[]> => {
  const { json } = await fleet.call('GET', `/evidence?endpointId=${id}`);
  return (json as { items: { kind: string }[] }).items.map(({ kind }) => kind);
};

/** Another machine with the same key and machine id, as a copied disk makes it. */
function copyOf(original: FakeAgent, bootId: string): FakeAgent {
  const copy = new FakeAgent(fleet.url, original.hostname, { key: original.key });
  copy.machine = original.machine;
  copy.enrolled = original.enrolled;
  copy.clock = original.clock;
  copy.system = { ...original.system, bootId };
  return copy;
}

/** Real agents go above the number that a refusal names; so does this. */
let sequence = 1000;
const inTurn = async (who: FakeAgent) => {
  sequence += 1;
  const reply = await checkIn(who, { sequence });
  expect(reply.status).toBe(200);
  return reply.json as { standing?: { kind: string }; rotateKey?: boolean };
};

describe('a new key', () => {
  test('takes the place of the other when it is used, not before', async () => {
    const before = agent.key;
    const next = generateSigningKey();
    expect((await agent.offerKey(next)).status).toBe(204);
    expect((await checkIn(agent)).status).toBe(200);
    expect((await agent.confirmKey(next)).status).toBe(204);
    expect((await checkIn(agent)).status).toBe(200);
    agent.key = before;
    expect(await checkIn(agent)).toMatchObject({ status: 401, json: { code: 'key-replaced' } });
    expect((await identity()).keyid).toBe(next.keyid);
    expect(await kindsOf(agent.id)).toContain('endpoint-key-rotated');
  });

  test('both steps may be repeated, as after a lost reply', async () => {
    const next = generateSigningKey();
    for (let index = 0; index < 2; index += 1) expect((await agent.offerKey(next)).status).toBe(204);
    for (let index = 0; index < 2; index += 1) expect((await agent.confirmKey(next)).status).toBe(204);
    expect((await checkIn(agent)).status).toBe(200);
  });

  test('another offer takes the place of one that was not used', async () => {
    const [lost, next] = [generateSigningKey(), generateSigningKey()];
    await agent.offerKey(lost);
    await agent.offerKey(next);
    expect((await agent.confirmKey(lost)).status).toBe(401);
    expect((await agent.confirmKey(next)).status).toBe(204);
  });

  test('401: nobody offers a key that he does not hold', async () => {
    const other = await fleet.agent(`other${counter}`);
    const stranger = generateSigningKey();
    // The statement is signed by another key than the one that it names.
    const forged = { ...stranger, publicKey: other.key.publicKey, keyid: other.key.keyid };
    expect(await agent.offerKey(forged)).toMatchObject({ status: 401, json: { code: 'bad-key-statement' } });
  });

  test('409: a key of another endpoint, or one from before, without a word of whose it is', async () => {
    const other = await fleet.agent(`other${counter}`);
    const reply = await agent.offerKey(other.key);
    expect(reply).toMatchObject({ status: 409, json: { code: 'key-taken' } });
    expect(reply.body.toString()).not.toContain(other.id);
    const former = agent.key;
    const next = generateSigningKey();
    await agent.offerKey(next);
    await agent.confirmKey(next);
    expect((await agent.offerKey(former)).status).toBe(409);
    const newcomer = new FakeAgent(fleet.url, 'newcomer', { key: former });
    const enrolled = await newcomer.send({
      method: 'POST',
      path: '/enrol',
      body: newcomer.enrolRequest(fleet.token),
    });
    expect(enrolled).toMatchObject({ status: 409, json: { code: 'already-enrolled' } });
  });

  test('a database from before the change takes the new key again, when the one before introduces it', async () => {
    const { pool } = fleet.context.database;
    const before = agent.key;
    const next = generateSigningKey();
    await agent.offerKey(next);
    await agent.confirmKey(next);
    await pool.query('delete from endpoint_key where endpoint_id = $1', [agent.id]);
    await pool.query('update endpoint set keyid = $2, public_key = $3, key_number = 0 where id = $1', [
      agent.id,
      before.keyid,
      before.publicKey,
    ]);
    expect(await checkIn(agent)).toMatchObject({ status: 401, json: { code: 'unknown-endpoint' } });
    agent.key = before;
    expect((await agent.offerKey(next)).status).toBe(204);
    expect((await agent.confirmKey(next)).status).toBe(204);
    expect((await checkIn(agent)).status).toBe(200);
  });

  test('an endpoint is told when its key is old', async () => {
    expect((await agent.checkIn()).rotateKey).toBeUndefined();
    nowMs += 91 * 86_400_000;
    expect((await agent.checkIn()).rotateKey).toBe(true);
    const next = generateSigningKey();
    await agent.offerKey(next);
    await agent.confirmKey(next);
    expect((await agent.checkIn()).rotateKey).toBeUndefined();
  });
});

describe('copies', () => {
  test('two boots that speak in turn are two machines: both are quarantined, a new boot is not', async () => {
    const copy = copyOf(agent, 'boot-of-the-copy');
    expect((await inTurn(agent)).standing).toBeUndefined();
    // So far it could be the same machine, started anew.
    expect((await inTurn(copy)).standing).toBeUndefined();
    // And so far one that was put back to a snapshot with its memory.
    expect((await inTurn(agent)).standing).toBeUndefined();
    expect((await inTurn(copy)).standing).toMatchObject({ kind: 'quarantined' });
    expect((await inTurn(agent)).standing).toMatchObject({ kind: 'quarantined' });
    expect(await kindsOf(agent.id)).toContain('endpoint-quarantined');
    const { places, quarantine } = await identity();
    expect(places.map(({ bootId }) => bootId).sort()).toEqual([agent.system.bootId, 'boot-of-the-copy'].sort());
    expect(quarantine).toMatchObject({ by: 'server' });
  });

  test('a machine that is started again and again is one machine', async () => {
    for (let boot = 0; boot < 8; boot += 1) {
      agent.system = { ...agent.system, bootId: `boot-${boot}` };
      expect((await agent.checkIn()).standing).toBeUndefined();
    }
  });

  test('two machines with one boot, as a copied memory makes them, collide again and again', async () => {
    const copy = copyOf(agent, agent.system.bootId);
    for (let round = 0; round < 6; round += 1) {
      sequence += 1;
      expect((await checkIn(agent, { sequence })).status).toBe(200);
      expect((await checkIn(copy, { sequence })).status).toBe(409);
    }
    expect((await inTurn(agent)).standing).toMatchObject({ kind: 'quarantined' });
  });

  test('a machine that was put back to a snapshot collides once in each lane, and a replay counts once', async () => {
    sequence += 10;
    await checkIn(agent, { sequence });
    for (const old of [
      sequence - 5,
      sequence - 5,
      sequence - 5,
      sequence - 5,
      sequence - 5,
      sequence - 5,
      sequence - 5,
    ])
      expect((await checkIn(agent, { sequence: old })).status).toBe(409);
    expect((await inTurn(agent)).standing).toBeUndefined();
  });

  test('the same key on a machine with another id is quarantined at once', async () => {
    const copy = copyOf(agent, 'boot-of-the-copy');
    copy.machine = 'f'.repeat(64);
    expect((await inTurn(copy)).standing).toMatchObject({ kind: 'quarantined' });
  });
});

describe('separating copies', () => {
  test('the one that is kept makes itself a new key; the other hears that it has to enrol anew', async () => {
    const copy = copyOf(agent, 'boot-of-the-copy');
    for (const who of [agent, copy, agent, copy]) await inTurn(who);
    const reply = await fleet.call('POST', `/endpoints/${agent.id}/separate`, { bootId: agent.system.bootId });
    expect(reply).toMatchObject({ status: 200, json: { keeping: agent.system.bootId } });
    expect((await inTurn(copy)).rotateKey).toBeUndefined();
    expect((await copy.offerKey(generateSigningKey(), { sequence: ++sequence })).status).toBe(403);
    expect(await inTurn(agent)).toMatchObject({ rotateKey: true, standing: { kind: 'quarantined' } });
    const next = generateSigningKey();
    expect((await agent.offerKey(next, { sequence: ++sequence })).status).toBe(204);
    agent.key = next;
    const confirmed = await agent.send({ method: 'POST', path: '/key/confirm', sequence: ++sequence });
    expect(confirmed.status).toBe(204);
    expect((await inTurn(agent)).standing).toBeUndefined();
    expect(await checkIn(copy, { sequence: ++sequence })).toMatchObject({
      status: 401,
      json: { code: 'key-replaced' },
    });
    expect(await kindsOf(agent.id)).toEqual(expect.arrayContaining(['endpoint-separated', 'endpoint-released']));
  });

  test('409: an endpoint that is in no quarantine; 404: a boot that was not seen', async () => {
    const path = `/endpoints/${agent.id}/separate`;
    expect((await fleet.call('POST', path, { bootId: agent.system.bootId })).status).toBe(409);
    await fleet.call('POST', `/endpoints/${agent.id}/quarantine`, { reason: 'a look at it' });
    expect((await fleet.call('POST', path, { bootId: 'never-seen' })).status).toBe(404);
  });
});

describe('quarantine', () => {
  test('keeps orders and content away until it ends, and both are on record with their reasons', async () => {
    await fleet.call('POST', `/endpoints/${agent.id}/scan`);
    const quarantined = await fleet.call('POST', `/endpoints/${agent.id}/quarantine`, { reason: 'odd traffic' });
    expect(quarantined).toMatchObject({ status: 200, json: { quarantine: { reason: 'odd traffic' } } });
    expect((await agent.takeOrders()).orders).toEqual([]);
    expect((await agent.send({ method: 'POST', path: '/content' })).status).toBe(403);
    expect((await fleet.call('POST', `/endpoints/${agent.id}/quarantine`, { reason: 'again' })).status).toBe(409);
    const released = await fleet.call('POST', `/endpoints/${agent.id}/release`, { reason: 'looked at' });
    expect(released).toMatchObject({ status: 200, json: { quarantine: null } });
    expect((await agent.takeOrders()).orders).toHaveLength(1);
    expect(await kindsOf(agent.id)).toEqual(expect.arrayContaining(['endpoint-quarantined', 'endpoint-released']));
  });
});

test('quarantine calls back what was fetched, its run goes on without it, and what it says counts again after its release', async () => {
  const [other, run] = [await fleet.agent(`beside${counter}`), 'a run of two'];
  const endpoints = [agent.id, other.id];
  const created = await fleet.call('POST', '/runs', { name: run, endpoints, selection: { kind: 'security' } });
  const { id } = (created.json as unknown as RunDetail).summary;
  const targetOf = async (who: FakeAgent) =>
    (await fleet.run(id)).targets.find(({ endpointId }) => endpointId === who.id);
  const [order] = (await agent.takeOrders()).orders;
  expect(order).toBeDefined();
  await fleet.call('POST', `/endpoints/${agent.id}/quarantine`, { reason: 'odd traffic' });
  await settle(async () => (await kindsOf(agent.id)).includes('order-cancelled'));
  expect((await agent.checkIn()).ordersWaiting).toBe(true);
  expect(await agent.takeOrders()).toMatchObject({ orders: [], cancellations: [expect.any(String)] });
  await settle(async () => (await targetOf(agent))?.explanation.startsWith('in quarantine: odd traffic') === true);
  await other.work();
  await settle(async () => (await targetOf(other))?.state === 'planned');
  await fleet.call('POST', `/endpoints/${agent.id}/release`, { reason: 'looked at' });
  expect(await agent.takeOrders()).toMatchObject({ cancellations: [expect.any(String)] });
  await agent.work();
  await settle(async () => (await targetOf(agent))?.explanation.startsWith('in quarantine') === false);
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
