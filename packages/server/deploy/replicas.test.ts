import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServer } from '../build-server.ts';
import { createEventBus } from '../events/index.ts';
import { STAGES } from '../stages.ts';
import type { FakeAgent } from '../testing.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';

/** A second server on the database of the first, with its own memory, listeners and reconciler. */
async function startReplica({ context }: TestFleet): Promise<{ url: string; stop: () => Promise<void> }> {
  const events = await createEventBus({ ...context.database, log: context.log });
  const { app, handler } = await buildServer(
    { ...context, events, metrics: new Registry() },
    {
      stages: STAGES,
      consoleDirectory: '/nonexistent',
      version: '0.0.0-test',
      publicUrl: context.publicUrl,
      localUrl: context.publicUrl,
    },
  );
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await app.close();
      await events.close();
    },
  };
}

let fleet: TestFleet;
let replica: Awaited<ReturnType<typeof startReplica>>;
beforeAll(async () => {
  fleet = await startTestFleet();
  replica = await startReplica(fleet);
});
afterAll(async () => {
  await replica.stop();
  await fleet.stop();
});

/** The same endpoint, whose next request goes to the other server. */
const via = <T>(agent: FakeAgent, url: string, use: () => Promise<T>): Promise<T> => {
  const before = agent.url;
  Object.assign(agent, { url });
  return use().finally(() => Object.assign(agent, { url: before }));
};

test('a request that one server accepted is a replay for the other', async () => {
  const web = await fleet.agent('replayed');
  const body = web.checkInBody();
  const send = () => web.send({ method: 'POST', path: '/check-in', body, sequence: 500 });
  expect((await send()).status).toBe(200);
  expect(await via(web, replica.url, send)).toMatchObject({ status: 409, json: { code: 'stale-sequence' } });
});

test('an order signed by one server wakes a request that the other holds', async () => {
  const web = await fleet.agent('held');
  const held = via(web, replica.url, () => web.takeOrders(30));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await fleet.call('POST', `/endpoints/${web.id}/scan`);
  expect((await held).orders).toHaveLength(1);
});

test('two servers that reconcile the same run sign each order once', async () => {
  const agents = await Promise.all(Array.from({ length: 5 }, (_, index) => fleet.agent(`twice${index}`)));
  const run = await fleet.plannedRun(agents);
  expect((await fleet.approve(run)).status).toBe(200);
  await Promise.all(agents.map((agent) => via(agent, replica.url, () => agent.work())));
  expect((await fleet.run(run.summary.id)).summary.counts).toEqual({ effective: 5 });
  const { rows } = await fleet.context.database.pool.query(
    'select kind, count(*) as n from endpoint_order where run_id = $1 group by kind order by kind',
    [run.summary.id],
  );
  expect(rows).toEqual([
    { kind: 'apply', n: 5 },
    { kind: 'plan', n: 5 },
  ]);
});

test('a key that enrolled anew is known to a server that remembers its removed endpoint', async () => {
  const web = await fleet.agent('again');
  await via(web, replica.url, () => web.checkIn());
  await fleet.call('DELETE', `/endpoints/${web.id}`);
  await web.enrol(fleet.token);
  expect((await via(web, replica.url, () => web.checkIn())).wanted).toContain('system');
});
