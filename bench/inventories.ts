import type { Bench, BenchContext } from './bench.ts';
import type { Figure } from './figure.ts';
import { Catalogue, PACKAGES_PER_ENDPOINT } from './fleet/documents.ts';
import { enrolFleet, reportAll, serverUnavailable } from './fleet/fleet.ts';
import { startMeasuredServer } from './fleet/server.ts';
import { loadNote } from './measure.ts';

const ENDPOINTS = 2_000;
/** The first ones bring the catalogue: package versions that the server sees for the first time, as in a new fleet. */
const AT_ONCE = 16;
const LIMIT_PER_SECOND = 150;

export const inventoriesBench: Bench = {
  name: 'inventories',
  about: `first full inventories of ${PACKAGES_PER_ENDPOINT} packages: manifest, system and updates, assessed into findings`,
  unavailable: serverUnavailable,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  await using server = await startMeasuredServer();
  say(`   enrolling ${ENDPOINTS} endpoints, no two alike ...`);
  const fleet = await enrolFleet(server, new Catalogue(1), { size: ENDPOINTS, installations: ENDPOINTS, signal });
  say('   measuring ...');
  const before = server.cpu();
  const ownBefore = process.cpuUsage();
  const startedMs = performance.now();
  await reportAll(server, fleet, AT_ONCE, signal);
  const wallMs = performance.now() - startedMs;
  const own = process.cpuUsage(ownBefore);
  const after = server.cpu();
  const overview = await server.client.overview();
  if (overview.endpointCount !== ENDPOINTS || overview.openFindings < ENDPOINTS)
    throw new Error(`the server knows ${overview.endpointCount} endpoints and ${overview.openFindings} findings`);
  const each = (totalMs: number): string => `${(totalMs / ENDPOINTS).toFixed(1)} ms`;
  yield {
    bench: 'inventories',
    metric: 'rate',
    unit: '/s',
    ours: (ENDPOINTS * 1000) / wallMs,
    peer: LIMIT_PER_SECOND,
    peerName: 'limit',
    aim: { kind: 'at-least', ratio: 1 },
    note:
      `${ENDPOINTS} in ${(wallMs / 1000).toFixed(1)} s, ${AT_ONCE} in flight, from an empty database; ` +
      `${overview.openFindings} findings opened; CPU each: server ${each(after.ownMs - before.ownMs)}, PostgreSQL ` +
      `${each(after.databaseMs - before.databaseMs)}, load generator ${each((own.user + own.system) / 1000)} (it signs and ` +
      `compresses meanwhile); ${loadNote()}`,
  };
}
