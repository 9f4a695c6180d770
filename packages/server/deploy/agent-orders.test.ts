import type { Order } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeTransaction } from '../testing.ts';
import { settle, type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { sweep } from './index.ts';

let fleet: TestFleet;
let web: FakeAgent;
let counter = 0;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  counter += 1;
  web = await fleet.agent(`orders${counter}`);
});

const scan = () => fleet.call('POST', `/endpoints/${web.id}/scan`);
const only = ({ orders }: { orders: Order[] }): Order => {
  const [order] = orders;
  if (order === undefined || orders.length !== 1) throw new Error(`${orders.length} orders instead of one`);
  return order;
};
const nobody = '00000000-0000-7000-8000-00000000dead';

describe('GET /agent/orders', () => {
  test('a held request gets an order soon after it was signed', async () => {
    const held = web.takeOrders(30);
    await settle(async () => {
      const { json } = await fleet.call('GET', `/endpoints/${web.id}`);
      return (json as { summary: { connected: boolean } }).summary.connected;
    });
    expect((await scan()).status).toBe(202);
    expect(only(await held).body).toEqual({ kind: 'scan' });
  });

  test('a held request ends with nothing when its time is up', async () => {
    expect(await web.takeOrders(1)).toEqual({ orders: [], cancellations: [] });
  });

  test('an order under way does not end a held request again and again; without waiting it is shown', async () => {
    await scan();
    const order = only(await web.takeOrders(5));
    expect((await web.takeOrders(1)).orders).toEqual([]);
    expect(only(await web.takeOrders(0)).id).toBe(order.id);
  });

  test('an order whose delivery was lost is offered again', async () => {
    await scan();
    await web.takeOrders(0);
    // The endpoint never saw the reply.
    web.generation = 0;
    expect((await web.checkIn()).ordersWaiting).toBe(true);
    const again = only(await web.takeOrders(5));
    expect(again.body.kind).toBe('scan');
    web.activeOrders = [again.id];
    expect((await web.checkIn()).ordersWaiting).toBe(false);
  });

  test('generations grow strictly, also when many are signed at once', async () => {
    const agents = await Promise.all([fleet.agent(`a${counter}`), fleet.agent(`b${counter}`)]);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(agents.map(({ id }) => fleet.call('POST', `/endpoints/${id}/scan`)));
      for (const agent of agents) {
        const order = only(await agent.takeOrders());
        expect(order.generation).toBe(round + 1);
        await agent.obey(order);
      }
    }
  });

  test('a scan asked for twice is one order', async () => {
    const replies = await Promise.all([scan(), scan(), scan()]);
    expect(new Set(replies.map(({ json }) => json['orderId'])).size).toBe(1);
    expect((await web.takeOrders()).orders).toHaveLength(1);
  });

  test('the end of a connection ends `connected`', async () => {
    const connected = async () => {
      const { json } = await fleet.call('GET', `/endpoints/${web.id}`);
      return (json as { summary: { connected: boolean } }).summary.connected;
    };
    const gone = new AbortController();
    const held = web.takeOrders(50, gone.signal).catch(() => undefined);
    await settle(connected);
    gone.abort();
    await held;
    await settle(async () => !(await connected()));
  });
});

describe('PUT /agent/orders/:id/outcome', () => {
  test('204: once, and the same again; 409: another one', async () => {
    await scan();
    const order = only(await web.takeOrders());
    const outcome = web.outcomeOf(order, { kind: 'scanned' });
    // One after another, as an agent does: of requests that overtake each other the older one is refused as a replay.
    for (let time = 0; time < 3; time += 1) expect(await web.tell(outcome)).toMatchObject({ status: 204 });
    expect(await web.tell({ ...outcome, endedAt: '2030-01-01T00:00:00.000Z' })).toMatchObject({
      status: 409,
      json: { code: 'outcome-differs' },
    });
    const { rows } = await fleet.context.database.pool.query(
      "select count(*) as n from evidence where endpoint_id = $1 and kind = 'outcome-recorded'",
      [web.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('404: an order of another endpoint, or of nobody', async () => {
    await scan();
    const order = only(await web.takeOrders());
    const thief = await fleet.agent(`thief${counter}`);
    expect(await thief.tell(thief.outcomeOf(order, { kind: 'scanned' }))).toMatchObject({ status: 404 });
    expect(await web.tell(web.outcomeOf({ ...order, id: nobody }, { kind: 'scanned' }))).toMatchObject({ status: 404 });
  });

  test('422: another generation, another order in the path, a digest that is not the transaction’s', async () => {
    await scan();
    const order = only(await web.takeOrders());
    const outcome = web.outcomeOf(order, { kind: 'scanned' });
    expect((await web.tell({ ...outcome, generation: 99 })).status).toBe(422);
    const path = `/orders/${nobody}/outcome`;
    expect((await web.send({ method: 'PUT', path, body: JSON.stringify(outcome) })).status).toBe(422);
    const { transaction } = fakeTransaction(web.updates.updates);
    const forged = { kind: 'planned' as const, transaction, transactionDigest: 'f'.repeat(64) };
    expect(await web.tell(web.outcomeOf(order, forged))).toMatchObject({
      status: 422,
      json: { code: 'digest-mismatch' },
    });
    for (const body of ['{}', '{"format":1}']) {
      const reply = await web.send({ method: 'PUT', path: `/orders/${order.id}/outcome`, body });
      expect(reply.status).toBe(422);
    }
  });

  test('409 not-delivered: an outcome of an order that was never fetched', async () => {
    await scan();
    const { rows } = await fleet.context.database.pool.query<{ id: string }>(
      'select id from endpoint_order where endpoint_id = $1',
      [web.id],
    );
    const outcome = web.outcomeOf(
      { id: rows[0]?.id ?? '', generation: 1, issuedAt: '2026-05-03T00:00:00.000Z' } as Order,
      {
        kind: 'scanned',
      },
    );
    expect(await web.tell(outcome)).toMatchObject({ status: 409, json: { code: 'not-delivered' } });
  });

  test('members that the protocol does not know are not stored', async () => {
    await scan();
    const order = only(await web.takeOrders());
    const outcome = { ...web.outcomeOf(order, { kind: 'scanned' }), secret: 1, result: { kind: 'scanned', x: 2 } };
    const path = `/orders/${order.id}/outcome`;
    expect((await web.send({ method: 'PUT', path, body: JSON.stringify(outcome) })).status).toBe(204);
    const { rows } = await fleet.context.database.pool.query<{ outcome: object }>(
      'select outcome from endpoint_order where id = $1',
      [order.id],
    );
    expect(rows[0]?.outcome).toEqual(web.outcomeOf(order, { kind: 'scanned' }));
  });
});

describe('POST /agent/orders/:id/progress', () => {
  const step = (order: Order, sequence: number, percent: number) => ({
    orderId: order.id,
    sequence,
    at: '2026-05-03T00:00:00.000Z',
    stage: 'downloading' as const,
    percent,
    message: 'openssl',
  });

  test('the newest is shown, whatever order they come in', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = only(await web.takeOrders());
    expect((await web.progress(order.id, [step(order, 2, 40), step(order, 1, 10)])).status).toBe(204);
    expect((await web.progress(order.id, [step(order, 1, 10)])).status).toBe(204);
    expect((await fleet.run(run.summary.id)).targets[0]).toMatchObject({
      stage: 'downloading',
      percent: 40,
      explanation: 'downloading 40 %: openssl',
    });
    await web.obey(order);
    expect((await fleet.run(run.summary.id)).targets[0]).toMatchObject({ stage: null, percent: null });
  });

  test('404: an order of another endpoint; 422: of another order than the path', async () => {
    await scan();
    const order = only(await web.takeOrders());
    const thief = await fleet.agent(`thief${counter}`);
    expect((await thief.progress(order.id, [step(order, 1, 1)])).status).toBe(404);
    expect((await web.progress(nobody, [step(order, 1, 1)])).status).toBe(422);
    expect((await web.progress(order.id, [])).status).toBe(422);
  });
});

test('many reconcilers at once sign each order once', async () => {
  const agents = await Promise.all(Array.from({ length: 6 }, (_, index) => fleet.agent(`many${index}`)));
  const run = await fleet.plannedRun(agents);
  const [approved] = await Promise.all([fleet.approve(run), ...Array.from({ length: 6 }, () => sweep(fleet.context))]);
  expect(approved.status).toBe(200);
  await Promise.all(Array.from({ length: 6 }, () => sweep(fleet.context)));
  const { rows } = await fleet.context.database.pool.query(
    `select kind, count(*) as n, count(distinct endpoint_id) as endpoints from endpoint_order
     where run_id = $1 group by kind order by kind`,
    [run.summary.id],
  );
  expect(rows).toEqual([
    { kind: 'apply', n: 6, endpoints: 6 },
    { kind: 'plan', n: 6, endpoints: 6 },
  ]);
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
