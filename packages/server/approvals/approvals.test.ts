import {
  APPROVAL_PAYLOAD_TYPE,
  canonicalJson,
  HALT_PAYLOAD_TYPE,
  type ApprovalDetail,
  type EvidenceRecord,
  type HaltStatus,
  type OrdersReply,
  type OutcomeResult,
} from '@thimble/protocol';
import { generateSigningKey, signStatement, transactionSha256, verifyStatement } from '@thimble/protocol/signing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../testing.ts';
import { settle, startTestFleet, type TestFleet } from '../testing/test-fleet.ts';
import { openApprovals, propose, testApprover } from './testing/test-approvers.ts';

const DAY_MS = 86_400_000;
let fleet: TestFleet;
let web: FakeAgent;
let offsetMs = 0;
const [ada, bob, cyd, eve] = ['Ada', 'Bob', 'Cyd', 'Eve'].map(testApprover) as [
  ReturnType<typeof testApprover>,
  ReturnType<typeof testApprover>,
  ReturnType<typeof testApprover>,
  ReturnType<typeof testApprover>,
];

beforeEach(async () => {
  offsetMs = 0;
  fleet = await startTestFleet({
    clock: () => new Date(Date.now() + offsetMs),
    settings: { sessionHours: 2000, sessionIdleMinutes: 120_000 },
  });
  web = await fleet.agent('web1');
  await propose(fleet, 2, [ada, bob, cyd]);
});
afterEach(async () => {
  await fleet.stop();
  expect(fleet.errors).toEqual([]);
});

/** A run that a person approved, and the request that approvers get for it. */
async function requested(): Promise<{ readonly runId: string; readonly approval: ApprovalDetail }> {
  const run = await fleet.plannedRun([web]);
  expect(await fleet.approve(run)).toMatchObject({ status: 200 });
  const [approval] = await openApprovals(fleet);
  if (approval === undefined) throw new Error('approvers were not asked');
  return { runId: run.summary.id, approval };
}
const sign = (approval: ApprovalDetail, signature: unknown) =>
  fleet.call('POST', `/approvals/${approval.summary.id}/signatures`, { signature });
const target = async (runId: string) => (await fleet.run(runId)).targets[0];
const raw = async (): Promise<OrdersReply> =>
  (await web.send({ method: 'GET', path: '/orders?wait=0', lane: 'held' })).json as OrdersReply;

describe('a run where approvers are asked for', () => {
  test('installs only what two different people signed, and shows them to the endpoint', async () => {
    const { runId, approval } = await requested();
    expect(await target(runId)).toMatchObject({ explanation: expect.stringContaining('signatures (0 of 2)') });
    expect((await web.takeOrders()).orders).toEqual([]);
    const [first] = approval.statement.transactions;
    const { json } = await fleet.call(
      'GET',
      `/approvals/${approval.summary.id}/transactions/${first?.transactionDigest}`,
    );
    expect(transactionSha256(json as never)).toBe(first?.transactionDigest);
    expect(approval.statement).toMatchObject({ runId, transactions: [{ endpointIds: [web.id] }] });

    expect(await sign(approval, ada.sign(approval.signed))).toMatchObject({ status: 200 });
    await settle(async () => (await target(runId))?.explanation.includes('signatures (1 of 2)') === true);
    expect((await web.takeOrders()).orders).toEqual([]);
    const granted = await sign(approval, cyd.sign(approval.signed));
    expect(granted).toMatchObject({ status: 200, json: { summary: { state: 'granted' } } });
    await settle(async () => (await target(runId))?.state === 'ordered');
    const { approvals = [] } = await raw();
    expect(approvals).toHaveLength(1);
    const shown = approvals[0];
    const set = (await fleet.call('GET', '/approvers')).json as { active?: { set?: never } };
    if (shown === undefined || set.active?.set === undefined) throw new Error('nothing to verify');
    expect(verifyStatement(shown, 'application/vnd.thimble.approval+json', set.active.set).approvers).toHaveLength(2);
    const { orders } = await web.takeOrders();
    expect(orders).toMatchObject([{ approvalId: approval.summary.id, body: { kind: 'apply' } }]);
    await web.work();
    await settle(async () => (await fleet.run(runId)).summary.state === 'finished');
    // The way back is allowed by the approval by which was installed.
    await fleet.call('POST', `/runs/${runId}/roll-back`, {});
    expect((await web.takeOrders()).orders).toMatchObject([
      { approvalId: approval.summary.id, body: { kind: 'rollback' } },
    ]);
  });

  test.each<[string, (approval: ApprovalDetail) => unknown, number, string]>([
    ['a key that nobody knows', ({ signed }) => eve.sign(signed), 422, 'signature-refused'],
    [
      'a signature of something else',
      ({ signed }) => signStatement(signed.payloadType, Buffer.from('{}'), ada.key),
      422,
      'signature-refused',
    ],
    [
      'a signature as another type',
      ({ signed }) =>
        signStatement('application/vnd.thimble.halt+json', Buffer.from(signed.payload, 'base64'), ada.key),
      422,
      'signature-refused',
    ],
    [
      'a stranger’s signature under the name of a known key',
      ({ signed }) => ({
        ...signStatement(signed.payloadType, Buffer.from(signed.payload, 'base64'), generateSigningKey()),
        keyid: ada.key.keyid,
      }),
      422,
      'signature-refused',
    ],
    ['no signature at all', () => ({ kind: 'file', keyid: ada.key.keyid, signature: '' }), 400, 'invalid-request'],
  ])('refuses %s', async (_, forge, status, code) => {
    const { approval } = await requested();
    expect(await sign(approval, forge(approval))).toMatchObject({ status, json: { code } });
    expect(await openApprovals(fleet)).toMatchObject([{ summary: { progress: { signed: [] } } }]);
  });

  test('counts nobody twice', async () => {
    const { approval } = await requested();
    await sign(approval, ada.sign(approval.signed));
    expect(await sign(approval, ada.sign(approval.signed))).toMatchObject({
      status: 409,
      json: { code: 'already-signed' },
    });
    expect((await openApprovals(fleet))[0]?.summary.progress.signed).toHaveLength(1);
  });

  test('is not signed by who proposed it, where the organisation keeps the four-eyes rule', async () => {
    const { approval } = await requested();
    await fleet.call('PUT', '/four-eyes', { setting: 'required' });
    const { rows } = await fleet.context.database.pool.query<{ answerable: string }>(
      'select answerable from proposal where subject = $1',
      [`run:${approval.statement.runId}`],
    );
    // Ada is the person who made the run.
    await fleet.context.database.pool.query(
      `update approver_set set payload = replace(payload, $1, $2) where state = 'active'`,
      [ada.approver.id, rows[0]?.answerable],
    );
    expect(await sign(approval, ada.sign(approval.signed))).toMatchObject({ status: 403, json: { code: 'four-eyes' } });
    // Bob's key file is nobody's whom the server knows, so it could be Ada's.
    expect(await sign(approval, bob.sign(approval.signed))).toMatchObject({ status: 403, json: { code: 'four-eyes' } });
    await fleet.context.database.pool.query(
      `insert into person (id, organisation_id, name) select $1, organisation_id, 'Bob' from approval_request limit 1`,
      [bob.approver.id],
    );
    expect(await sign(approval, bob.sign(approval.signed))).toMatchObject({ status: 200 });
    expect((await openApprovals(fleet))[0]?.summary.progress.signed).toMatchObject([{ name: 'Bob' }]);
    const { json } = await fleet.call('GET', '/approvers/candidates');
    expect(json).toMatchObject({ items: expect.arrayContaining([{ id: bob.approver.id, name: 'Bob', keys: [] }]) });
  });

  test('takes no signature that comes too late, and asks anew when a person renews it', async () => {
    const { runId, approval } = await requested();
    offsetMs = 15 * DAY_MS;
    expect(await sign(approval, ada.sign(approval.signed))).toMatchObject({ status: 409, json: { code: 'not-open' } });
    expect((await target(runId))?.explanation).toContain('expired with too few signatures');
    expect(await fleet.call('POST', `/approvals/${approval.summary.id}/renew`)).toMatchObject({ status: 202 });
    await settle(async () => (await openApprovals(fleet)).length === 1);
    expect((await openApprovals(fleet))[0]?.summary.id).not.toBe(approval.summary.id);
  });

  test('asks for less when a person narrows it, and is done within that', async () => {
    const { runId, approval } = await requested();
    await sign(approval, ada.sign(approval.signed));
    const narrow = (body: unknown) => fleet.call('POST', `/approvals/${approval.summary.id}/narrow`, body);
    for (const more of [
      { actions: ['rollback', 'restart-services'] },
      { expiresAt: '2099-01-01T00:00:00.000Z' },
      { expiresAt: '2001-01-01T00:00:00.000Z' },
      {},
    ])
      expect(await narrow(more)).toMatchObject({ status: 422, json: { code: 'not-narrower' } });
    const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
    const { status, json } = await narrow({ actions: ['apply'], expiresAt });
    const less = json as unknown as ApprovalDetail;
    expect([status, less]).toMatchObject([
      201,
      {
        summary: { state: 'open', narrowedBy: expect.any(String), progress: { signed: [] } },
        statement: { runId, actions: ['apply'], expiresAt, transactions: approval.statement.transactions },
      },
    ]);
    expect(await sign(approval, bob.sign(approval.signed))).toMatchObject({ status: 409, json: { code: 'not-open' } });
    expect(await narrow({ actions: ['apply'] })).toMatchObject({ status: 409, json: { code: 'not-open' } });
    // What was signed of the wider one does not count for the narrow one.
    expect(await sign(less, ada.sign(approval.signed))).toMatchObject({ status: 422 });
    for (const person of [ada, bob]) expect(await sign(less, person.sign(less.signed))).toMatchObject({ status: 200 });
    await settle(async () => (await target(runId))?.state === 'ordered');
    expect((await web.takeOrders()).orders).toMatchObject([
      { approvalId: less.summary.id, body: { kind: 'apply', restartServices: false } },
    ]);
  });

  test('tries and reboots only with signatures, too', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.call('POST', `/runs/${run.summary.id}/trial`, {});
    await settle(async () => (await openApprovals(fleet)).length === 1);
    expect((await web.takeOrders()).orders).toEqual([]);
    const [approval] = await openApprovals(fleet);
    if (approval === undefined) throw new Error('no request');
    for (const person of [ada, bob]) await sign(approval, person.sign(approval.signed));
    await settle(async () => (await web.takeOrders()).orders.some(({ body }) => body.kind === 'trial'));
  });
});

describe('approvers', () => {
  test('are changed only by themselves, and what strangers to the new set signed counts no more', async () => {
    const { approval } = await requested();
    await sign(approval, ada.sign(approval.signed));
    const { json } = await propose(fleet, 2, [bob, cyd, eve]);
    expect(json).toMatchObject({ active: { set: { version: 1 } }, proposed: { set: { version: 2 } } });
    const proposed = json.proposed;
    if (proposed === null) throw new Error('nothing is proposed');
    const signSet = (signature: unknown) =>
      fleet.call('POST', `/approvers/proposals/${proposed.id}/signatures`, { signature });
    expect(await signSet(eve.sign(proposed.signed))).toMatchObject({ status: 422 });
    expect(await signSet(ada.sign(proposed.signed))).toMatchObject({
      status: 200,
      json: { active: { set: { version: 1 } } },
    });
    expect(await signSet(bob.sign(proposed.signed))).toMatchObject({
      status: 200,
      json: { active: { set: { version: 2, previous: expect.any(String) } }, proposed: null },
    });
    expect((await openApprovals(fleet))[0]?.summary.progress.signed).toEqual([]);
    const { json: history } = await fleet.call('GET', '/approvers/history');
    expect(history).toMatchObject({ items: [{ state: 'active' }, { state: 'replaced' }] });
  });

  test.each<[string, number, readonly ReturnType<typeof testApprover>[]]>([
    ['fewer people than signatures', 3, [ada, bob]],
    ['a person twice', 1, [ada, ada]],
  ])('can’t be %s', async (_, threshold, people) => {
    expect(await propose(fleet, threshold, people)).toMatchObject({ status: 422, json: { code: 'unsound-set' } });
  });

  test('are proposed one set at a time, and a proposal can be withdrawn', async () => {
    const { json } = await propose(fleet, 1, [ada]);
    expect(await propose(fleet, 1, [bob])).toMatchObject({ status: 409, json: { code: 'proposal-open' } });
    expect(await fleet.call('DELETE', `/approvers/proposals/${json.proposed?.id}`)).toMatchObject({ status: 204 });
    expect(await propose(fleet, 1, [bob])).toMatchObject({ status: 201 });
  });
});

describe('an endpoint that does not accept what it is told', () => {
  const told = async (refused: readonly { readonly code: string; readonly count: number }[]) => {
    const trust = { approverSetVersion: 1, orderKeysSequence: 0, haltSequence: 0, refused };
    const body = JSON.stringify({ ...JSON.parse(web.checkInBody()), trust });
    expect(await web.send({ method: 'POST', path: '/check-in', body })).toMatchObject({ status: 200 });
    const { json } = await fleet.call('GET', '/evidence?limit=200');
    return (json as unknown as { items: EvidenceRecord[] }).items.filter(
      ({ kind }) => kind === 'endpoint-refused-orders',
    );
  };
  const forged = (count: number) => [{ code: 'approval-missing', count }];

  test('is recorded, once for the first and again when they have doubled', async () => {
    expect(await told([{ code: 'disk-full', count: 9 }])).toEqual([]);
    const [record] = await told(forged(1));
    expect(record).toMatchObject({ endpointId: web.id, summary: expect.stringContaining('1 × approval-missing') });
    for (const [count, records] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [0, 2],
      [3, 2],
      [4, 3],
    ] as const)
      expect(await told(forged(count))).toHaveLength(records);
  });
});

describe('an emergency stop', () => {
  test('hands nothing out at once, and ends by a threshold of approvers', async () => {
    const { runId, approval } = await requested();
    for (const person of [ada, bob]) await sign(approval, person.sign(approval.signed));
    await settle(async () => (await target(runId))?.state === 'ordered');
    expect(await fleet.call('POST', '/emergency-stop', { action: 'stop', reason: 'a key was stolen' })).toMatchObject({
      status: 200,
      json: { halted: true, current: { statement: { action: 'stop' } } },
    });
    expect((await web.takeOrders()).orders).toEqual([]);
    expect(await fleet.call('POST', `/endpoints/${web.id}/scan`)).toMatchObject({
      status: 409,
      json: { code: 'halted' },
    });
    const { json } = await fleet.call('POST', '/emergency-stop', { action: 'go-on', reason: 'it was found' });
    const status = json as unknown as HaltStatus;
    expect(status).toMatchObject({ halted: true, pending: { statement: { action: 'go-on' } } });
    const { pending } = status;
    if (pending === null) throw new Error('nothing waits');
    const signHalt = (signature: unknown) =>
      fleet.call('POST', `/emergency-stop/${pending.id}/signatures`, { signature });
    expect(await signHalt(eve.sign(pending.signed))).toMatchObject({ status: 422 });
    expect(await signHalt(ada.sign(pending.signed))).toMatchObject({ json: { halted: true } });
    expect(await signHalt(cyd.sign(pending.signed))).toMatchObject({ json: { halted: false } });
    // The endpoint had not heard that it is over; its order is given again by the same approval.
    const [order] = (await web.takeOrders()).orders;
    if (order === undefined) throw new Error('nothing was ordered');
    const refused: OutcomeResult = { kind: 'refused', code: 'halted', message: '', difference: null, logTail: [] };
    expect(await web.tell(web.outcomeOf(order, refused))).toMatchObject({ status: 204 });
    offsetMs = 6 * 3_600_000;
    const again = async () => (await web.takeOrders()).orders.find(({ id }) => id !== order.id);
    await settle(async () => (await again()) !== undefined);
    expect(await again()).toMatchObject({ approvalId: approval.summary.id, body: { kind: 'apply' } });
  });

  test('is begun by one approver’s key, once, with bytes that any endpoint believes', async () => {
    const { next } = (await fleet.call('GET', '/emergency-stop')).json as unknown as HaltStatus;
    const stop = (rest: object, person = ada) => {
      const issuedAt = '2026-01-01T00:00:00.000Z';
      const statement = { format: 1, kind: 'halt', ...next, action: 'stop', reason: 'a drill', issuedAt, ...rest };
      const payload = Buffer.from(canonicalJson(statement)).toString('base64');
      const signed = { payloadType: HALT_PAYLOAD_TYPE, payload, signatures: [] };
      return { signed: { ...signed, signatures: [person.sign(signed)] } };
    };
    const send = (body: unknown) => fleet.call('POST', '/emergency-stop/signed', body);
    for (const bad of [
      stop({}, eve),
      stop({ action: 'go-on' }),
      stop({ organisationId: web.id }),
      { signed: { ...stop({}).signed, payloadType: APPROVAL_PAYLOAD_TYPE } },
    ])
      expect(await send(bad)).toMatchObject({ status: 422, json: { code: 'signature-refused' } });
    for (const sequence of [next.sequence - 1, next.sequence + 1000])
      expect(await send(stop({ sequence }))).toMatchObject({ status: 409, json: { code: 'stale-stop' } });
    expect(await send(stop({}))).toMatchObject({ status: 200, json: { halted: true, current: { createdBy: 'Ada' } } });
    expect(await send(stop({}))).toMatchObject({ status: 409, json: { code: 'already-stopped' } });
    const held = { approverSetVersion: 1, orderKeysSequence: 0, haltSequence: 0 };
    const body = JSON.stringify({ ...JSON.parse(web.checkInBody()), trust: held });
    const { json } = await web.send({ method: 'POST', path: '/check-in', body });
    // By the order key, too: an endpoint that has no approvers yet stops as well.
    expect(json).toMatchObject({ trust: { halt: { ...stop({}).signed, signatures: [{ sig: expect.any(String) }] } } });
  });

  test('reaches an endpoint that waits for orders, and is told with its check-in', async () => {
    const held = { approverSetVersion: 1, orderKeysSequence: 0, haltSequence: 0 };
    const checkIn = async (trust: unknown) =>
      (
        await web.send({
          method: 'POST',
          path: '/check-in',
          body: JSON.stringify({ ...JSON.parse(web.checkInBody()), trust }),
        })
      ).json;
    expect(await checkIn(held)).toMatchObject({ trust: { approverSets: [], halt: null } });
    expect(await checkIn({ ...held, approverSetVersion: 0 })).toMatchObject({ trust: { approverSets: [{}] } });
    await checkIn(held);
    const waiting = web.send({ method: 'GET', path: '/orders?wait=50', lane: 'held' });
    await fleet.call('POST', '/emergency-stop', { action: 'stop', reason: 'x' });
    expect((await waiting).json).toMatchObject({ orders: [], trust: { halt: { payload: expect.any(String) } } });
  });
});
