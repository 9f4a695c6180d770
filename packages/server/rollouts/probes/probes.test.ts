import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAgents } from '@thimble/upstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../../testing/rollout-fleet.ts';
import { askDue } from './prober.ts';

let prometheus: Server;
let fleet: RolloutFleet;
let errorRate = '0.5';
const agents = createAgents({ proxy: null });
beforeAll(async () => {
  prometheus = createServer((_request, response) =>
    response.end(`{"status":"success","data":{"resultType":"scalar","result":[1,"${errorRate}"]}}`),
  );
  await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
  const { port } = prometheus.address() as AddressInfo;
  fleet = await startRolloutFleet({ settings: { prometheusUrl: `http://127.0.0.1:${port}` } });
});
afterAll(async () => {
  await fleet.stop();
  agents.close();
  prometheus.closeAllConnections();
  await new Promise((resolve) => prometheus.close(resolve));
});

test('a gate with a probe stays closed until the probe’s number is within its bounds, and is asked again each minute', async () => {
  const endpoints = [await fleet.agent('probe-canary1'), await fleet.agent('probe-web1')];
  const policyId = await fleet.policy(`
format: 1
name: probe
content: endpoint
atOnce: 100%
trial: { mode: none }
gate:
  probes: [{ name: errors, query: 'sum(rate(errors[5m]))', atMost: 0.01 }]
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary*'] } } }
  - { name: rest, members: rest }
`);
  const { summary } = await fleet.start(policyId);
  await fleet.until(summary.id, endpoints, ({ rings }) => rings[0]?.state === 'gate');
  await askDue(fleet.context, agents);
  const closed = await fleet.until(
    summary.id,
    endpoints,
    ({ rings }) => rings[0]?.explanation.includes('0.5') === true,
  );
  expect(closed.rings[0]?.probes).toMatchObject([{ name: 'errors', bound: 'at most 0.01', value: 0.5, passed: false }]);
  expect(closed.rings[1]?.openedAt).toBeNull();
  errorRate = '0.001';
  await askDue(fleet.context, agents);
  expect((await fleet.rollout(summary.id)).rings[0]?.probes[0]?.value).toBe(0.5);
  const end = await fleet.until(summary.id, endpoints, async (detail) => {
    fleet.pass(20_000);
    await askDue(fleet.context, agents);
    return detail.summary.endedAt !== null;
  });
  expect(end.summary.state).toBe('finished');
  expect(fleet.errors).toEqual([]);
});
