import type { Bench, BenchContext } from './bench.ts';
import type { Figure } from './figure.ts';
import type { Connection } from './fleet/connection.ts';
import { Catalogue } from './fleet/documents.ts';
import {
  connectionOf,
  enrolFleet,
  openConnections,
  reportAll,
  serverUnavailable,
  type FleetMember,
} from './fleet/fleet.ts';
import { expectStatus } from './fleet/member.ts';
import { startMeasuredServer, type MeasuredServer } from './fleet/server.ts';
import { loadNote, quantile } from './measure.ts';

const ENDPOINTS = 2_000;
/** Endpoints of a fleet share images. */
const INSTALLATIONS = 50;
/** Requests that the server has at a time: what arrives within some 30 ms at the rate aimed at. */
const IN_FLIGHT = 48;
const WARM_UP_PER_ENDPOINT = 3;
/** Signed before the clock runs, well within the clock skew that is allowed: signing would cost what is measured. */
const MEASURED_PER_ENDPOINT = 30;
const LIMIT_PER_SECOND = 1_500;
const LIMIT_P50_MS = 100;
const LIMIT_P99_MS = 500;

export const checkInsBench: Bench = {
  name: 'check-ins',
  about: `check-ins with an unchanged manifest of ${ENDPOINTS} endpoints, signatures verified, embedded database`,
  unavailable: serverUnavailable,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  await using server = await startMeasuredServer();
  say(`   enrolling ${ENDPOINTS} endpoints ...`);
  const fleet = await enrolFleet(server, new Catalogue(1), { size: ENDPOINTS, installations: INSTALLATIONS, signal });
  await reportAll(server, fleet, 16, signal);
  const connections = await openConnections(server, ENDPOINTS);
  try {
    await drive(connections, signRounds(fleet, WARM_UP_PER_ENDPOINT), signal);
    say(`   signing ${ENDPOINTS * MEASURED_PER_ENDPOINT} requests ...`);
    const requests = signRounds(fleet, MEASURED_PER_ENDPOINT);
    say('   measuring ...');
    const measured = await measure(server, connections, requests, signal);
    await assertReplayRefused(connections, requests);
    yield* figures(measured, requests.length);
  } finally {
    for (const connection of connections) connection.close();
  }
}

interface Measured {
  readonly wallMs: number;
  readonly latenciesMs: readonly number[];
  readonly serverMs: number;
  readonly databaseMs: number;
  readonly generatorMs: number;
}

async function measure(
  server: MeasuredServer,
  connections: readonly Connection[],
  requests: readonly Buffer[],
  signal: AbortSignal,
): Promise<Measured> {
  const before = server.cpu();
  const ownBefore = process.cpuUsage();
  const startedMs = performance.now();
  const latenciesMs = await drive(connections, requests, signal);
  const wallMs = performance.now() - startedMs;
  const own = process.cpuUsage(ownBefore);
  const after = server.cpu();
  return {
    wallMs,
    latenciesMs,
    serverMs: after.ownMs - before.ownMs,
    databaseMs: after.databaseMs - before.databaseMs,
    generatorMs: (own.user + own.system) / 1000,
  };
}

function* figures(measured: Measured, count: number): Iterable<Figure> {
  const { wallMs, latenciesMs, serverMs, databaseMs, generatorMs } = measured;
  const each = (totalMs: number): string => `${((totalMs * 1000) / count).toFixed(0)} µs`;
  const note =
    `${count} check-ins in ${(wallMs / 1000).toFixed(1)} s over ${ENDPOINTS} TLS connections, ${IN_FLIGHT} in flight; CPU ` +
    `a check-in: server ${each(serverMs)}, PostgreSQL ${each(databaseMs)}, load generator on the same processors ` +
    `${each(generatorMs)}; ${loadNote()}`;
  const limit = { bench: 'check-ins', peerName: 'limit' } as const;
  const rate = (count * 1000) / wallMs;
  yield {
    ...limit,
    metric: 'rate',
    unit: '/s',
    ours: rate,
    peer: LIMIT_PER_SECOND,
    aim: { kind: 'at-least', ratio: 1 },
    note,
  };
  const latency = { ...limit, unit: 'ms', aim: { kind: 'at-most', ratio: 1 } } as const;
  yield { ...latency, metric: 'p50', ours: quantile(latenciesMs, 0.5), peer: LIMIT_P50_MS };
  yield { ...latency, metric: 'p99', ours: quantile(latenciesMs, 0.99), peer: LIMIT_P99_MS };
}

/** All members' first requests, then all second ones: each member's sequence grows. */
function signRounds(fleet: readonly FleetMember[], rounds: number): readonly Buffer[] {
  return Array.from({ length: rounds }, () =>
    fleet.map(({ member, documents }) => member.checkInRequest(documents)),
  ).flat();
}

/** Sends everything, a fixed number at a time; request i goes over the connection of its own endpoint. */
async function drive(
  connections: readonly Connection[],
  requests: readonly Buffer[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const latenciesMs: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < requests.length) {
      signal.throwIfAborted();
      const index = next;
      next += 1;
      const request = requests[index];
      if (request === undefined) return;
      const startedMs = performance.now();
      const { body } = expectStatus(await connectionOf(connections, index).send(request), 200);
      if (!body.includes('"wanted":[]')) throw new Error(`not an unchanged check-in: ${body.slice(0, 200)}`);
      latenciesMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return latenciesMs;
}

/** A figure of a server that takes anything twice would be worth nothing. */
async function assertReplayRefused(connections: readonly Connection[], requests: readonly Buffer[]): Promise<void> {
  const index = requests.length - 1;
  const request = requests[index];
  if (request === undefined) throw new Error('nothing was sent');
  const reply = await connectionOf(connections, index).send(request);
  if (reply.status !== 409 || !reply.body.includes('stale-sequence'))
    throw new Error(`a replayed check-in was answered with ${reply.status}: ${reply.body.slice(0, 200)}`);
}
