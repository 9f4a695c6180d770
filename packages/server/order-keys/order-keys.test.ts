import { cp, readFile, rm, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type Envelope,
  type EvidenceBundle,
  ORDER_KEYS_PAYLOAD_TYPE,
  type OrderKey,
  type OrderKeyList,
  type OrderKeyStatus,
  type OrdersReply,
  type RotateOrderKeyRequest,
  type TrustNews,
} from '@thimble/protocol';
import { openEnvelope, printTicket, signingKeyToPem, verifyingKey } from '@thimble/protocol/signing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issueOrder } from '../deploy/issue-order.ts';
import { openOrderKeys } from '../keys/index.ts';
import type { FakeAgent } from '../testing.ts';
import { type Reply, startTestFleet, type TestFleet } from '../testing/test-fleet.ts';
import { retireReplaced } from './retire.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let fleet: TestFleet;
let web: FakeAgent;
let offsetMs = 0;

beforeEach(async () => {
  offsetMs = 0;
  fleet = await startTestFleet({ clock: () => new Date(Date.now() + offsetMs) });
  web = await fleet.agent('web1');
});
afterEach(async () => {
  await fleet.stop();
  expect(fleet.errors).toEqual([]);
});

/** Over the server's own socket. */
async function rotate(body: RotateOrderKeyRequest): Promise<Reply> {
  const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const asking = httpRequest(
      {
        socketPath: fleet.socketPath,
        method: 'POST',
        path: '/api/v1/order-keys',
        headers: { 'content-type': 'application/json' },
      },
      (reply) => void text(reply).then((said) => resolve({ status: reply.statusCode ?? 0, body: said }), reject),
    );
    asking.once('error', reject);
    asking.end(JSON.stringify(body));
  });
  return { status: answer.status, json: JSON.parse(answer.body) as Record<string, unknown> };
}
const present = () => fleet.context.orderKey;
const status = async () => (await fleet.call('GET', '/order-keys')).json as unknown as OrderKeyStatus;
const states = async () => (await status()).keys.map(({ state }) => state);
const kinds = async () =>
  ((await fleet.call('GET', '/evidence?limit=200')).json as { items: { kind: string }[] }).items
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('order-key'));

async function newsFor(agent: FakeAgent, orderKeysSequence: number, orderKeyid?: string): Promise<TrustNews> {
  const trust = { approverSetVersion: 0, orderKeysSequence, orderKeyid, haltSequence: 0 };
  const body = JSON.stringify({ ...JSON.parse(agent.checkInBody()), trust });
  const { json } = await agent.send({ method: 'POST', path: '/check-in', body });
  return (json as { trust: TrustNews }).trust;
}
const raw = async (): Promise<OrdersReply> =>
  (await web.send({ method: 'GET', path: '/orders?wait=0', lane: 'held' })).json as OrdersReply;

/** What an endpoint that trusts these keys has after these lists, in order. Throws where it would refuse. */
function follow(trusted: readonly OrderKey[], lists: readonly Envelope[]): OrderKeyList | undefined {
  let keys = trusted;
  let list: OrderKeyList | undefined;
  for (const envelope of lists) {
    const known = new Map(keys.map(({ keyid, publicKey }) => [keyid, verifyingKey(publicKey)]));
    list = JSON.parse(openEnvelope(envelope, ORDER_KEYS_PAYLOAD_TYPE, known).toString('utf8')) as OrderKeyList;
    ({ keys } = list);
  }
  return list;
}
const enrolledKeys = () => web.enrolled?.orderKeys ?? [];
const keyidsOf = (list: OrderKeyList | undefined) => list?.keys.map(({ keyid }) => keyid);

describe('a new order key', () => {
  test('signs at once, is in the file for its owner only, and the key before counts beside it', async () => {
    const before = present();
    expect(await rotate({ revoke: false })).toMatchObject({
      status: 201,
      json: { sequence: 1, keys: [{ state: 'signs' }, { keyid: before.keyid, state: 'counts' }] },
    });
    expect(present().keyid).not.toBe(before.keyid);
    const path = join(fleet.context.settings.data, 'keys', 'order-key.pem');
    expect(await readFile(path, 'utf8')).toBe(signingKeyToPem(present()));
    const kept = path.replace('.pem', `-${before.keyid.slice(0, 16)}.pem`);
    expect(await readFile(kept, 'utf8')).toBe(signingKeyToPem(before));
    for (const file of [path, kept]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { orderKeys } = await newsFor(web, 0);
    expect(keyidsOf(follow(enrolledKeys(), orderKeys))).toEqual([present().keyid, before.keyid]);
    expect(await kinds()).toEqual(['order-key-rotated']);
  });

  test('is made on the server itself, whatever somebody may do elsewhere', async () => {
    expect(await fleet.call('POST', '/order-keys', { revoke: false })).toMatchObject({
      status: 403,
      json: { code: 'only-local' },
    });
    expect((await status()).sequence).toBe(0);
  });

  test('tells who follows it, who does not yet, and who follows what this server does not know', async () => {
    expect((await status()).endpoints).toEqual({ following: 0, behind: 0, astray: 0, unheard: 1 });
    await newsFor(web, 0);
    await rotate({ revoke: false });
    expect(await status()).toMatchObject({
      endpoints: { following: 0, behind: 1 },
      notFollowing: [{ hostname: 'web1', sequence: 0 }],
    });
    await newsFor(web, 1);
    expect(await status()).toMatchObject({ endpoints: { following: 1, behind: 0 }, notFollowing: [] });
    await newsFor(web, 7);
    expect((await status()).endpoints).toMatchObject({ following: 0, astray: 1 });
    await newsFor(web, 1, 'f'.repeat(64));
    expect((await status()).endpoints).toMatchObject({ following: 0, astray: 1 });
    await newsFor(web, 1, present().keyid);
    expect((await status()).endpoints).toMatchObject({ following: 1, astray: 0 });
  });

  test('reaches an endpoint that waits for orders', async () => {
    await newsFor(web, 0);
    const waiting = web.send({ method: 'GET', path: '/orders?wait=50', lane: 'held' });
    await rotate({ revoke: false });
    expect((await waiting).json).toMatchObject({ orders: [], trust: { orderKeys: [{}] } });
  });

  test('is what later endpoints begin with, and they are told no list that they could not check', async () => {
    await rotate({ revoke: true });
    await rotate({ revoke: true });
    const later = await fleet.agent('later');
    expect(later.enrolled).toMatchObject({
      orderKeys: [{ keyid: present().keyid }],
      orderKeysSequence: 2,
      trust: { orderKeys: [] },
    });
    expect((await newsFor(later, 2)).orderKeys).toEqual([]);
    await rotate({ revoke: true });
    const { orderKeys } = await newsFor(later, 2);
    expect(keyidsOf(follow(later.enrolled?.orderKeys ?? [], orderKeys))).toEqual([present().keyid]);
  });

  test('signs a stop again that holds, as endpoints that come later believe no other', async () => {
    await fleet.call('POST', '/emergency-stop', { action: 'stop', reason: 'a drill' });
    const { halt: before } = await newsFor(web, 0);
    await rotate({ revoke: true });
    const { halt } = await newsFor(web, 1);
    expect(halt).toMatchObject({ payload: before?.payload, signatures: [{ keyid: present().keyid }] });
  });
});

describe('the key before', () => {
  test('counts until its orders are over, and then endpoints are told that it does not', async () => {
    await fleet.call('POST', `/endpoints/${web.id}/scan`);
    const [order] = (await web.takeOrders()).orders;
    if (order === undefined) throw new Error('there is an order');
    await rotate({ revoke: false });
    expect((await raw()).orders).toHaveLength(1);
    offsetMs += 11 * MINUTE_MS;
    await retireReplaced(fleet.context);
    expect(await states()).toEqual(['signs', 'counts']);
    await web.obey(order);
    await retireReplaced(fleet.context);
    expect(await states()).toEqual(['signs', 'retired']);
    const { orderKeys } = await newsFor(web, 0);
    expect(keyidsOf(follow(enrolledKeys(), orderKeys))).toEqual([present().keyid]);
    expect((await newsFor(web, 1)).orderKeys).toHaveLength(1);
    expect(await kinds()).toEqual(['order-key-retired', 'order-key-rotated']);
  });

  test('counts for ten minutes at least, as other servers may still sign with it', async () => {
    await rotate({ revoke: false });
    offsetMs += 9 * MINUTE_MS;
    await retireReplaced(fleet.context);
    expect(await states()).toEqual(['signs', 'counts']);
  });

  test('counts for a day at most: an order that nobody fetched is asked for anew', async () => {
    await fleet.call('POST', `/endpoints/${web.id}/scan`);
    await rotate({ revoke: false });
    offsetMs += DAY_MS;
    await retireReplaced(fleet.context);
    expect(await states()).toEqual(['signs', 'retired']);
    expect((await raw()).orders).toEqual([]);
  });

  test('keeps another from following it, unless it is revoked', async () => {
    await rotate({ revoke: false });
    expect(await rotate({ revoke: false })).toMatchObject({ status: 409, json: { code: 'rotation-under-way' } });
    expect(await rotate({ revoke: true })).toMatchObject({ status: 201, json: { sequence: 2 } });
    expect(await states()).toEqual(['signs', 'revoked', 'revoked']);
    expect(keyidsOf(follow(enrolledKeys(), (await newsFor(web, 0)).orderKeys))).toEqual([present().keyid]);
  });

  test('that is revoked counts no more at once: its orders are not handed out, new ones are', async () => {
    await fleet.call('POST', `/endpoints/${web.id}/scan`);
    await rotate({ revoke: true });
    expect((await raw()).orders).toEqual([]);
    offsetMs += MINUTE_MS;
    await fleet.context.database.pool.query(
      `update endpoint_order set closed_at = now(), closed_reason = 'expired' where outcome_at is null`,
    );
    await fleet.call('POST', `/endpoints/${web.id}/scan`);
    expect((await raw()).orders).toMatchObject([{ signatures: [{ keyid: present().keyid }] }]);
  });

  test.each([
    ['still let in when it was replaced', false, 404],
    ['are refused when it was revoked', true, 401],
  ])('signed tickets to content: they %s', async (_how, revoke, expected) => {
    const issuedAt = fleet.context.clock();
    const ticket = printTicket(
      {
        format: 1,
        id: fleet.context.newId(),
        organisationId: fleet.context.defaultOrganisationId,
        endpointId: null,
        site: null,
        issuedAt: issuedAt.toISOString(),
        expiresAt: new Date(issuedAt.getTime() + DAY_MS).toISOString(),
      },
      present(),
    );
    await rotate({ revoke });
    const { status: answered } = await fetch(`${fleet.url}/content/revisions/${fleet.context.newId()}/dists/x`, {
      headers: { authorization: `Basic ${Buffer.from(`thimble:${ticket}`).toString('base64')}` },
    });
    expect(answered).toBe(expected);
  });

  test('proves old evidence', async () => {
    await fleet.call('POST', `/endpoints/${web.id}/scan`);
    const before = present().keyid;
    await rotate({ revoke: true });
    expect(fleet.context.orderKeys.known.ever.map(({ keyid }) => keyid)).toEqual([present().keyid, before]);
    const path = `/evidence/bundle?endpointId=${web.id}`;
    let bundle = await fleet.call('GET', path);
    for (let tries = 0; bundle.status !== 200 && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      bundle = await fleet.call('GET', path);
    }
    const { orderKeys } = bundle.json as unknown as EvidenceBundle;
    expect(orderKeys.map(({ keyid }) => keyid)).toContain(before);
  });
});

describe('other servers, and one that was killed', () => {
  const opened = async (data: string) => {
    const { database, secrets, events, clock, log, defaultOrganisationId: organisationId } = fleet.context;
    return openOrderKeys({
      database,
      secrets,
      events,
      clock,
      log,
      organisationId,
      settings: { data, orderKey: undefined },
    });
  };

  test('take the new key from under its seal: one that works, and one that was off, killed or restarted', async () => {
    const data = `${fleet.context.settings.data}-other`;
    try {
      await cp(join(fleet.context.settings.data, 'keys'), join(data, 'keys'), { recursive: true });
      const working = await opened(data);
      await rotate({ revoke: false });
      await expect.poll(() => working.present.keyid, { timeout: 10_000 }).toBe(present().keyid);
      await working.close();
      await cp(join(data, 'keys'), join(data, 'before'), { recursive: true });
      await rotate({ revoke: true });
      const started = await opened(data);
      expect(started.present.keyid).toBe(present().keyid);
      expect(await readFile(join(data, 'keys', 'order-key.pem'), 'utf8')).toBe(signingKeyToPem(present()));
      await started.close();
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });

  test('sign no order with a key that was replaced', async () => {
    const before = present();
    await rotate({ revoke: true });
    const stale = { ...fleet.context, orderKey: before };
    const order = { organisationId: fleet.context.defaultOrganisationId, endpointId: web.id, runId: null, actor: 'x' };
    await expect(
      fleet.context.database.kysely
        .transaction()
        .execute((within) => issueOrder(within, stale, { ...order, body: { kind: 'scan' }, approvalId: null })),
    ).rejects.toThrow('signs nothing before it has it');
  });

  test('have all of a rotation or nothing of it', async () => {
    const before = present().keyid;
    // Its last step fails: as a kill just before the commit.
    await fleet.context.database.pool.query('alter table evidence rename to evidence_away');
    expect((await rotate({ revoke: true })).status).toBe(500);
    await fleet.context.database.pool.query('alter table evidence_away rename to evidence');
    fleet.errors.length = 0;
    expect(present().keyid).toBe(before);
    expect(await status()).toMatchObject({ sequence: 0, keys: [{ keyid: before, state: 'signs' }] });
    expect(await rotate({ revoke: true })).toMatchObject({ status: 201, json: { sequence: 1 } });
  });
});

test('a server that was brought back from before a rotation goes on with the key that endpoints follow', async () => {
  const { pool } = fleet.context.database;
  const first = present();
  await rotate({ revoke: true });
  const followed = present();
  const { orderKeys } = await newsFor(web, 0);
  await newsFor(web, 1);
  // The database of before; its key is in a file of its own.
  await pool.query('delete from order_key_list where sequence > 0');
  await pool.query('delete from order_key where keyid = $1', [followed.keyid]);
  await pool.query('update order_key set replaced_at = null, retired_at = null, revoked = false');
  await fleet.context.orderKeys.refresh();
  expect(present().keyid).toBe(first.keyid);
  expect((await status()).endpoints.astray).toBe(1);

  expect(await rotate({ revoke: false, alsoSignedBy: ['no key'] })).toMatchObject({
    status: 422,
    json: { code: 'not-a-key' },
  });
  expect(await rotate({ revoke: false, alsoSignedBy: [signingKeyToPem(followed)] })).toMatchObject({
    status: 201,
    json: { sequence: 2 },
  });
  const { orderKeys: lists } = await newsFor(web, 1);
  expect(keyidsOf(follow(follow(enrolledKeys(), orderKeys)?.keys ?? [], lists))).toContain(present().keyid);
  // And one that never heard of the key in between.
  expect(keyidsOf(follow(enrolledKeys(), (await newsFor(web, 0)).orderKeys))).toContain(present().keyid);
});
