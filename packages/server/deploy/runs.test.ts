import type { Order, RunDetail, RunEvidence } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeUpdate, fakeUpdates, keptOf } from '../testing.ts';
import { settle, type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { sweep } from './index.ts';

let fleet: TestFleet;
let web: FakeAgent;
let offsetMs = 0;
let counter = 0;
beforeAll(async () => {
  fleet = await startTestFleet({
    clock: () => new Date(Date.now() + offsetMs),
  });
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  counter += 1;
  web = await fleet.agent(`web${counter}`);
});

const stateOf = async (runId: string, agent: FakeAgent) => {
  const { targets } = await fleet.run(runId);
  return targets.find(({ endpointId }) => endpointId === agent.id);
};
const act = (runId: string, action: string, body: object = {}) => fleet.call('POST', `/runs/${runId}/${action}`, body);
const take = async (agent: FakeAgent): Promise<Order> => {
  const { orders } = await agent.takeOrders();
  const order = orders.at(-1);
  if (order === undefined) throw new Error('there is no order');
  return order;
};

describe('a run', () => {
  test('asks for plans, waits for approval, applies exactly what was approved, and is proven', async () => {
    const db = await fleet.agent(`db${counter}`);
    const run = await fleet.plannedRun([web, db]);
    expect(run.summary).toMatchObject({ state: 'awaiting-approval', counts: { planned: 2 } });
    expect(run.groups).toHaveLength(1);
    expect(run.groups[0]?.endpointIds).toEqual(expect.arrayContaining([web.id, db.id]));
    const approved = await fleet.approve(run);
    expect(approved).toMatchObject({ status: 200, json: { summary: { state: 'running', counts: { ordered: 2 } } } });
    const order = await take(web);
    expect(order.body).toMatchObject({ kind: 'apply', transactionDigest: run.groups[0]?.transactionDigest });
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'working', actions: ['cancel'] });
    await web.obey(order);
    await db.work();
    expect((await fleet.run(run.summary.id)).summary).toMatchObject({ state: 'finished', counts: { effective: 2 } });
    const { json } = await fleet.call('GET', `/runs/${run.summary.id}/evidence`);
    const evidence = json as unknown as RunEvidence;
    expect(evidence.envelopes).toHaveLength(4);
    expect(evidence.records.map(({ kind }) => kind).sort()).toEqual([
      'order-issued',
      'order-issued',
      'order-issued',
      'order-issued',
      'outcome-recorded',
      'outcome-recorded',
      'run-approved',
      'run-created',
      'transaction-planned',
      'transaction-planned',
    ]);
  });

  test('whose endpoints have nothing to do is finished', async () => {
    web.updates = fakeUpdates([]);
    await web.report();
    const run = await fleet.plannedRun([web]);
    expect(run.summary.state).toBe('finished');
    expect(run.targets[0]).toMatchObject({ state: 'nothing-to-do', explanation: /nothing to do/ });
  });

  test('leaves out whoever planned something that was not approved', async () => {
    const other = await fleet.agent(`other${counter}`, {
      updates: fakeUpdates([fakeUpdate('curl', '7.88.1-10', '7.88.1-12')]),
    });
    const run = await fleet.plannedRun([web, other]);
    expect(run.groups).toHaveLength(2);
    const mine = run.groups.filter(({ endpointIds }) => endpointIds.includes(web.id));
    await fleet.approve({ ...run, groups: mine });
    expect(await stateOf(run.summary.id, other)).toMatchObject({ state: 'cancelled', explanation: /left out/ });
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'ordered' });
    expect((await other.takeOrders()).orders).toEqual([]);
    await web.work();
  });

  test('is approved once, by whoever comes first of two', async () => {
    const run = await fleet.plannedRun([web]);
    const replies = await Promise.all([fleet.approve(run), fleet.approve(run), fleet.approve(run)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const { rows } = await fleet.context.database.pool.query(
      "select count(*) as n from endpoint_order where run_id = $1 and kind = 'apply'",
      [run.summary.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
    await web.work();
  });

  test('409 plan-changed: an approval that names what nobody plans', async () => {
    const run = await fleet.plannedRun([web]);
    const body = { transactionDigests: [run.groups[0]?.transactionDigest, 'f'.repeat(64)] };
    expect(await act(run.summary.id, 'approve', body)).toMatchObject({ status: 409, json: { code: 'plan-changed' } });
    expect((await fleet.run(run.summary.id)).summary.state).toBe('awaiting-approval');
  });

  test('409 not-awaiting-approval: before the plans are there', async () => {
    const { json } = await fleet.call('POST', '/runs', { endpoints: [web.id], selection: { kind: 'all' } });
    const { summary } = json as unknown as RunDetail;
    expect(await act(summary.id, 'approve', { transactionDigests: ['a'.repeat(64)] })).toMatchObject({
      status: 409,
      json: { code: 'not-awaiting-approval' },
    });
    await act(summary.id, 'cancel');
  });
});

describe('cancelling', () => {
  test('withdraws an order that was not fetched: it never reaches the endpoint', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    expect(await act(run.summary.id, 'cancel')).toMatchObject({
      status: 200,
      json: { summary: { state: 'cancelled' } },
    });
    expect(await web.takeOrders()).toEqual({ orders: [], cancellations: [] });
    expect(await stateOf(run.summary.id, web)).toMatchObject({
      state: 'cancelled',
      explanation: /before the endpoint fetched/,
    });
  });

  test('asks an endpoint that has the order to stop, and believes its outcome', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    await act(run.summary.id, 'cancel');
    const { cancellations } = await web.takeOrders(5);
    expect(cancellations).toEqual([order.id]);
    expect((await fleet.run(run.summary.id)).summary.state).toBe('running');
    await web.tell(web.outcomeOf(order, { kind: 'cancelled', stage: 'downloading' }));
    await settle(async () => (await fleet.run(run.summary.id)).summary.state === 'cancelled');
  });

  test('fetching and withdrawing at the same moment: one of them comes first, never both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const agent = await fleet.agent(`race${counter}-${round}`);
      const run = await fleet.plannedRun([agent]);
      await fleet.approve(run);
      const [{ orders }] = await Promise.all([agent.takeOrders(), act(run.summary.id, 'cancel')]);
      const { rows } = await fleet.context.database.pool.query<{ delivered: boolean; closed: boolean }>(
        `select delivered_at is not null as delivered, closed_at is not null as closed from endpoint_order
         where run_id = $1 and kind = 'apply'`,
        [run.summary.id],
      );
      expect(rows).toEqual([{ delivered: orders.length === 1, closed: orders.length === 0 }]);
    }
  });

  test('409 not-applicable: a run that is over', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    // The order comes when the reconciler has come round.
    await settle(async () => {
      await web.work();
      return (await fleet.run(run.summary.id)).summary.state === 'finished';
    });
    await settle(async () => (await act(run.summary.id, 'cancel')).status === 409);
  });
});

describe('what comes after', () => {
  test('a refusal shows the difference; a retry plans anew, and needs approval for what is new', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    const change = run.groups[0]?.transaction.changes[0];
    if (change === undefined) throw new Error('there is no change');
    const extra = { ...change, name: 'libssl3', from: '3.0.20', to: '3.0.22' };
    await web.tell(
      web.outcomeOf(order, {
        kind: 'refused',
        code: 'transaction-differs',
        message: 'it differs',
        difference: { unapproved: [extra], missing: [], changed: [] },
        logTail: [],
      }),
    );
    expect(await stateOf(run.summary.id, web)).toMatchObject({
      state: 'refused',
      explanation: 'refused: its own dry run would also change libssl3 3.0.20 → 3.0.22',
      actions: ['retry'],
    });
    web.updates = fakeUpdates([...web.updates.updates, fakeUpdate('libssl3', '3.0.20', '3.0.22')]);
    await act(run.summary.id, 'retry', { endpoints: [web.id] });
    await web.work();
    await settle(async () => (await fleet.run(run.summary.id)).summary.state === 'awaiting-approval');
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'planned', explanation: /waits for approval/ });
    await settle(async () => (await fleet.approve(await fleet.run(run.summary.id))).status === 200);
    await web.work();
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'effective' });
  });

  test('a retry whose plan is the approved one goes on without another approval', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    await web.tell(
      web.outcomeOf(order, {
        kind: 'refused',
        code: 'package-manager-busy',
        message: 'dpkg is locked',
        difference: null,
        logTail: [],
      }),
    );
    await act(run.summary.id, 'retry');
    await web.work();
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'effective' });
  });

  test('a kernel waits for the reboot, which is ordered, and is effective only after it', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    if (order.body.kind !== 'apply') throw new Error('an apply order was expected');
    const reason = 'kernel 6.1.0-40 installed, 6.1.0-37 running';
    await web.tell(
      web.outcomeOf(order, {
        kind: 'applied',
        verification: web.verification({ effective: false, waits: [{ kind: 'reboot', reason }] }),
        kept: keptOf(order.body.transaction),
        rollbackGaps: [],
        resumed: false,
      }),
    );
    expect(await stateOf(run.summary.id, web)).toMatchObject({
      state: 'waits-for-reboot',
      explanation: `waits for reboot: ${reason}`,
      actions: ['reboot', 'roll-back'],
    });
    expect(await act(run.summary.id, 'reboot')).toMatchObject({ json: { targets: [{ state: 'rebooting' }] } });
    await web.work();
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'effective' });
  });

  test('a roll-back orders the exact inverse, from the files that the endpoint kept', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    await web.work();
    expect((await act(run.summary.id, 'roll-back')).status).toBe(200);
    const order = await take(web);
    expect(order.body).toMatchObject({
      kind: 'rollback',
      transaction: { changes: [{ name: 'openssl', action: 'downgrade', from: '3.0.17-1', to: '3.0.15-1' }] },
    });
    await web.obey(order);
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'rolled-back', actions: [] });
  });

  test('what an operator asks of a finished run is done, although the server died before it did it', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    await web.work();
    expect((await fleet.run(run.summary.id)).summary.state).toBe('finished');
    // The request is committed; what would have made an order of it is gone.
    await fleet.context.database.pool.query(
      `update run_target set request = 'roll-back', under_way = true where run_id = $1`,
      [run.summary.id],
    );
    // A sweep leaves a run to whoever is at it, such as the reconciler that heard of the outcome.
    let order: Order | undefined;
    await settle(async () => {
      await sweep(fleet.context);
      order = (await web.takeOrders()).orders.at(-1);
      return order !== undefined;
    });
    expect(order?.body.kind).toBe('rollback');
  });

  test('a roll-back for which a file is missing is ordered whole, so that the endpoint refuses it whole', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    if (order.body.kind !== 'apply') throw new Error('an apply order was expected');
    const result = {
      kind: 'applied',
      verification: web.verification(),
      kept: [],
      rollbackGaps: [],
      resumed: false,
    } as const;
    await web.tell(web.outcomeOf(order, { ...result, kept: [], rollbackGaps: [] }));
    await act(run.summary.id, 'roll-back');
    expect((await take(web)).body).toMatchObject({
      kind: 'rollback',
      transaction: { changes: [{ name: 'openssl', from: '3.0.17-1', to: '3.0.15-1', sha256: null }] },
    });
  });

  test('a cancellation whose delivery was lost is told again', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    await act(run.summary.id, 'cancel', { endpoints: [web.id] });
    expect((await web.takeOrders(1)).cancellations).toEqual([order.id]);
    expect((await web.takeOrders(1)).cancellations).toEqual([]);
    offsetMs += 61_000;
    expect((await web.takeOrders(1)).cancellations).toEqual([order.id]);
    await web.obey(order);
  });

  test('409 not-applicable: an action that does not fit; 404: an endpoint of no such run', async () => {
    const run = await fleet.plannedRun([web]);
    for (const action of ['reboot', 'roll-back', 'retry', 'restart-services'])
      expect(await act(run.summary.id, action), action).toMatchObject({
        status: 409,
        json: { code: 'not-applicable' },
      });
    const stranger = await fleet.agent(`stranger${counter}`);
    expect((await act(run.summary.id, 'cancel', { endpoints: [stranger.id] })).status).toBe(404);
    await act(run.summary.id, 'cancel');
  });
});

describe('silence', () => {
  test('an endpoint that does not answer gets no plan, and holds nobody up for ever', async () => {
    const quiet = await fleet.agent(`quiet${counter}`);
    const { json } = await fleet.call('POST', '/runs', {
      endpoints: [web.id, quiet.id],
      selection: { kind: 'security' },
    });
    const { summary } = json as unknown as RunDetail;
    await web.work();
    offsetMs += 4 * 60_000;
    await web.checkIn();
    await sweep(fleet.context);
    const run = await fleet.run(summary.id);
    expect(run.summary.state).toBe('awaiting-approval');
    expect(await stateOf(summary.id, quiet)).toMatchObject({
      state: 'plan-failed',
      explanation: /has not answered since/,
    });
    // Its order was withdrawn: what it finds when it comes back is nothing old.
    expect((await quiet.takeOrders()).orders).toEqual([]);
    await act(summary.id, 'cancel');
  });

  test('an order that was fetched and never answered is unknown, never success; a late outcome still counts', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    offsetMs += 10 * 60_000;
    expect(await stateOf(run.summary.id, web)).toMatchObject({
      state: 'working',
      explanation: /^unknown: .* has not answered since/,
    });
    offsetMs += 24 * 3_600_000;
    await sweep(fleet.context);
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'failed', explanation: /^unknown: / });
    expect((await fleet.run(run.summary.id)).summary.state).toBe('finished');
    await web.obey(order);
    expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'effective' });
  });
});

test('removing an endpoint ends its part of a run', async () => {
  const run = await fleet.plannedRun([web]);
  await fleet.approve(run);
  await fleet.call('DELETE', `/endpoints/${web.id}`);
  await settle(async () => (await fleet.run(run.summary.id)).summary.state === 'finished');
  expect(await stateOf(run.summary.id, web)).toMatchObject({ state: 'failed', explanation: /was removed/ });
});

test('404: a run or an endpoint that is not there; 409: a run of a fleet without endpoints', async () => {
  const nobody = '00000000-0000-7000-8000-00000000dead';
  expect((await fleet.call('GET', `/runs/${nobody}`)).status).toBe(404);
  expect((await act(nobody, 'cancel')).status).toBe(404);
  expect((await act(nobody, 'approve', { transactionDigests: ['a'.repeat(64)] })).status).toBe(404);
  const body = { endpoints: [nobody], selection: { kind: 'all' } };
  expect(await fleet.call('POST', '/runs', body)).toMatchObject({ status: 404, json: { code: 'unknown-endpoint' } });
  expect((await fleet.call('POST', '/runs', { endpoints: [], selection: { kind: 'all' } })).status).toBe(400);
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
