import type { Bench, BenchContext } from './bench.ts';
import type { Figure } from './figure.ts';
import { Catalogue } from './fleet/documents.ts';
import { enrolFleet, reportAll, serverUnavailable } from './fleet/fleet.ts';
import { readPage } from './fleet/local-page.ts';
import { startMeasuredServer, type MeasuredServer } from './fleet/server.ts';
import { loadNote, quantile, spread, wallMs } from './measure.ts';

const ENDPOINTS = 10_000;
/** One in ten is an installation of its own: images are shared, and what was added to them differs. */
const INSTALLATIONS = 1_000;
const AT_ONCE = 16;
const PAGE_ROUNDS = 20;
const PAGES = [
  '/overview',
  '/endpoints?limit=200',
  '/endpoints?limit=200&sort=securityUpdateCount&direction=desc',
  '/updates',
];
const LIMIT_MB = 400;
const LIMIT_PAGE_MS = 300;
const MB = 1024 * 1024;

export const memoryBench: Bench = {
  name: 'memory',
  about: `memory of the server with ${ENDPOINTS} endpoints and their findings, and how long its pages take`,
  unavailable: serverUnavailable,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  await using server = await startMeasuredServer();
  const fresh = server.rssBytes();
  say(`   enrolling ${ENDPOINTS} endpoints ...`);
  const fleet = await enrolFleet(server, new Catalogue(1), { size: ENDPOINTS, installations: INSTALLATIONS, signal });
  say('   their first inventories ...');
  await reportAll(server, fleet, AT_ONCE, signal);
  say('   a round of check-ins ...');
  await reportAll(server, fleet, AT_ONCE, signal);
  say('   pages ...');
  const pages = await pageTimes(server, signal);
  const overview = await server.client.overview();
  if (overview.endpointCount !== ENDPOINTS || overview.openFindings < ENDPOINTS)
    throw new Error(`the server knows ${overview.endpointCount} endpoints and ${overview.openFindings} findings`);
  yield {
    bench: 'memory',
    metric: 'resident',
    unit: 'MB',
    ours: server.rssBytes() / MB,
    peer: LIMIT_MB,
    peerName: 'limit',
    aim: { kind: 'at-most', ratio: 1 },
    note:
      `server without PostgreSQL, ${ENDPOINTS} endpoints, ${overview.openFindings} open findings; just started ` +
      `${(fresh / MB).toFixed(0)} MB, at its peak ${(server.peakRssBytes() / MB).toFixed(0)} MB`,
  };
  for (const [page, times] of pages)
    yield {
      bench: 'memory',
      metric: `p95 of ${page}`,
      unit: 'ms',
      ours: quantile(times, 0.95),
      peer: LIMIT_PAGE_MS,
      peerName: 'limit',
      aim: { kind: 'at-most', ratio: 1 },
      note: `${spread(times)}; ${loadNote()}`,
    };
}

/** What a person's browser asks for, one after another, each reply read to its end. */
async function pageTimes(
  { socketPath }: MeasuredServer,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map(PAGES.map((page) => [page, [] as number[]]));
  for (let round = 0; round < PAGE_ROUNDS; round += 1)
    for (const page of PAGES) {
      signal.throwIfAborted();
      times.get(page)?.push(await wallMs(() => readPage(socketPath, page)));
    }
  return times;
}
