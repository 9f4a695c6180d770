import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { serveMirror } from '@thimble/feeds';
import { hasRealData, layOutMirror } from '@thimble/lab';
import type { Bench, BenchContext } from './bench.ts';
import type { Figure } from './figure.ts';
import { serverUnavailable } from './fleet/fleet.ts';
import { type MeasuredServer, startMeasuredServer } from './fleet/server.ts';
import { watchMemory } from './fleet/watch-memory.ts';
import { loadNote } from './measure.ts';

const FEED_IDS = ['osv-pypi', 'osv-go', 'osv-almalinux', 'epss'];
const LIMIT_S = 60;
const LIMIT_MB = 500;
const MB = 1024 * 1024;
/** A run that takes this long measures something else. */
const DEADLINE_MS = 600_000;
const POLL_MS = 100;
const MAIN = join(import.meta.dirname, '..', 'packages', 'cli', 'main.ts');

interface Loaded {
  readonly seconds: number;
  readonly rssMb: number;
  readonly note: string;
}

export const feedLoadingBench: Bench = {
  name: 'feed-loading',
  about: 'the first load of PyPI, Go, AlmaLinux and EPSS into the command’s database and into a server’s',
  unavailable: async () => (hasRealData() ? serverUnavailable() : '../shared/data is not there'),
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const folder = await mkdtemp('/tmp/thimble-bench-feeds-');
  try {
    await layOutMirror(join(folder, 'mirror'), FEED_IDS);
    say('   into SQLite, by the command ...');
    yield* figuresOf('thimble feeds sync', await byCommand(folder, signal));
    say('   into PostgreSQL, by a server ...');
    yield* figuresOf('server', await byServer(folder, signal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* figuresOf(who: string, { seconds, rssMb, note }: Loaded): Iterable<Figure> {
  const limit = { bench: 'feed-loading', peerName: 'limit', aim: { kind: 'at-most', ratio: 1 } } as const;
  yield { ...limit, metric: `${who}: wall`, unit: 's', ours: seconds, peer: LIMIT_S, note: `${note}; ${loadNote()}` };
  yield { ...limit, metric: `${who}: peak memory`, unit: 'MB', ours: rssMb, peer: LIMIT_MB, note };
}

/** From the start of the process to its end, out of a mirror's folder. */
async function byCommand(folder: string, signal: AbortSignal): Promise<Loaded> {
  const database = join(folder, 'advisories.sqlite');
  const mirror = pathToFileURL(`${folder}/mirror/`).href;
  const argv = ['feeds', 'sync', ...FEED_IDS, '--json', '--mirror', mirror, '--database', database];
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  const watch = watchMemory(child.pid ?? 0, 20);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  watch.stop();
  const seconds = (performance.now() - startedMs) / 1000;
  const results = JSON.parse(output) as readonly Synced[];
  if (code !== 0 || results.some(({ outcome }) => outcome !== 'updated'))
    throw new Error(`thimble feeds sync ended with ${String(code)}: ${output.slice(0, 500)}`);
  return { seconds, rssMb: watch.ownPeakBytes() / MB, note: `${recordsOf(results)}, a process of its own` };
}

interface Synced {
  readonly outcome: string;
  readonly advisories: number;
  readonly facts: number;
}

function recordsOf(results: readonly Pick<Synced, 'advisories' | 'facts'>[]): string {
  const advisories = results.reduce((sum, each) => sum + each.advisories, 0);
  const facts = results.reduce((sum, each) => sum + each.facts, 0);
  return `${advisories} advisories, ${facts} facts`;
}

/** From being asked for all four to the last of them being there, by a server as shipped and a mirror on this machine. */
async function byServer(folder: string, signal: AbortSignal): Promise<Loaded> {
  const mirror = await serveMirror(join(folder, 'mirror'), { host: '127.0.0.1', port: 0 });
  try {
    await using server = await startMeasuredServer({ 'feed-mirror': mirror.url, feeds: 'off' });
    const atStartMb = server.rssBytes() / MB;
    const watch = watchMemory(server.pid);
    const startedMs = performance.now();
    for (const id of FEED_IDS) await askFor(server, id);
    const results = await untilLoaded(server, signal);
    const seconds = (performance.now() - startedMs) / 1000;
    watch.stop();
    const database = `PostgreSQL ${(watch.belowPeakBytes() / MB).toFixed(0)} MB`;
    const note = `${recordsOf(results)}; the server had ${atStartMb.toFixed(0)} MB before; at its peak ${database} besides`;
    return { seconds, rssMb: watch.ownPeakBytes() / MB, note };
  } finally {
    await mirror.close();
  }
}

async function askFor({ socketPath }: MeasuredServer, feed: string): Promise<void> {
  const asked = request({ socketPath, method: 'POST', path: `/api/v1/feeds/${feed}/sync` });
  asked.end();
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  reply.resume();
  if (reply.statusCode !== 202)
    throw new Error(`the server answered ${String(reply.statusCode)} when asked for ${feed}`);
}

async function untilLoaded(
  { client }: MeasuredServer,
  signal: AbortSignal,
): Promise<readonly { readonly advisories: number; readonly facts: number }[]> {
  const untilMs = performance.now() + DEADLINE_MS;
  while (performance.now() < untilMs) {
    const items = (await client.feeds()).items.filter(({ id }) => FEED_IDS.includes(id));
    const failed = items.find(({ failure }) => failure !== null);
    if (failed !== undefined) throw new Error(`${failed.id} failed: ${JSON.stringify(failed.failure)}`);
    if (items.every(({ syncedAt }) => syncedAt !== null))
      return items.map(({ advisoryCount, factCount }) => ({ advisories: advisoryCount, facts: factCount }));
    await sleep(POLL_MS, undefined, { signal });
  }
  throw new Error(`the feeds were not loaded within ${DEADLINE_MS / 1000} s`);
}
