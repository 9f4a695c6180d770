import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hasRealData, layOutMirror } from '@thimble/lab';
import type { Bench, BenchContext } from './bench.ts';
import { median, type Figure } from './figure.ts';
import { serverUnavailable } from './fleet/fleet.ts';
import { type MemoryWatch, watchMemory } from './fleet/watch-memory.ts';
import { loadNote, spread } from './measure.ts';
import type { Report } from './reassess/process.ts';

/** Smaller ones are for trying it out: `THIMBLE_BENCH_ENDPOINTS=50000 THIMBLE_BENCH_MANIFESTS=1000`. */
const ENDPOINTS = Number(process.env['THIMBLE_BENCH_ENDPOINTS'] ?? 1_000_000);
const MANIFESTS = Number(process.env['THIMBLE_BENCH_MANIFESTS'] ?? 20_000);
const PACKAGES = 300;
const LIMIT_NEWS_MS = 1_000;
const LIMIT_EVERYTHING_S = 60;
const LIMIT_MB = 4_096;
/** Reading what some twenty processes share takes some milliseconds of a processor. */
const SAMPLE_MS = 1_000;
const MB = 1024 * 1024;
const ENTRY = join(import.meta.dirname, 'reassess', 'process.ts');

export const reassessBench: Bench = {
  name: 'reassess',
  about: `a new advisory, and all of them, for ${ENDPOINTS} endpoints with ${MANIFESTS} different lists of ${PACKAGES} packages`,
  unavailable: async () => (hasRealData() ? serverUnavailable() : '../shared/data is not there'),
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  // Directly under /tmp: the path of a socket is short.
  const folder = await mkdtemp('/tmp/thimble-bench-reassess-');
  // PostgreSQL runs as another user where we are root.
  await chmod(folder, 0o711);
  try {
    const mirror = join(folder, 'mirror');
    await layOutMirror(mirror, ['debian-lists']);
    const argv = [ENTRY, mirror, ENDPOINTS, MANIFESTS, PACKAGES, '--data', join(folder, 'data'), '--feeds', 'off'];
    const flags = ['--host', '127.0.0.1', '--port', '0', '--log-level', 'warn'];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...argv.map(String), ...flags], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: environment(),
    });
    const ended = once(child, 'close');
    const watch = watchMemory(child.pid ?? 0, SAMPLE_MS);
    const stop = (): void => void child.stdin.end();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const reports: Report[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        const report = JSON.parse(line) as Report;
        reports.push(report);
        say(`   ${report.kind === 'said' ? report.text : line}; ${memoryNote(watch)}, ${loadNote()}`);
      }
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`the measured server ended with ${String(code)}`);
      yield* figuresOf(reports, watch);
    } finally {
      signal.removeEventListener('abort', stop);
      watch.stop();
      stop();
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* figuresOf(reports: readonly Report[], watch: MemoryWatch): Iterable<Figure> {
  const limit = { bench: 'reassess', peerName: 'limit', aim: { kind: 'at-most', ratio: 1 } } as const;
  for (const how of ['rare', 'everywhere'] as const) {
    const news = reports.filter((report) => report.kind === 'advisory').filter((report) => report.how === how);
    const affected = news.map(({ endpoints }) => endpoints);
    yield {
      ...limit,
      metric: `a new advisory, ${how === 'rare' ? 'about a rare package' : 'about one that is everywhere'}`,
      unit: 'ms',
      ours: median(news.map(({ ms }) => ms)),
      peer: LIMIT_NEWS_MS,
      note:
        `to ${Math.min(...affected)}-${Math.max(...affected)} affected endpoints: ${spread(news.map(({ ms }) => ms))}; ` +
        `the list alone ${spread(news.map(({ listMs }) => listMs))}; ${loadNote()}`,
    };
  }
  const first = reports.find((report) => report.kind === 'first');
  const fleet = reports.find((report) => report.kind === 'fleet');
  const all = reports.find((report) => report.kind === 'everything');
  if (first === undefined || fleet === undefined || all === undefined) throw new Error('the scenario did not end');
  yield {
    ...limit,
    metric: 'everything anew',
    unit: 's',
    ours: (all.matchMs + all.summaryMs) / 1000,
    peer: LIMIT_EVERYTHING_S,
    note:
      `${all.software} package versions matched with ${fleet.claims} claims ${(all.matchMs / 1000).toFixed(1)} s, figures ` +
      `of the fleet ${(all.summaryMs / 1000).toFixed(1)} s; ${fleet.verdicts} verdicts; from nothing ${(first.ms / 1000).toFixed(0)} s; ${loadNote()}`,
  };
  yield {
    ...limit,
    metric: 'peak memory, server and PostgreSQL',
    unit: 'MB',
    ours: watch.peakBytes() / MB,
    peer: LIMIT_MB,
    note: memoryNote(watch),
  };
}

function memoryNote(watch: MemoryWatch): string {
  const [own, below] = [watch.ownPeakBytes(), watch.belowPeakBytes()].map((bytes) => (bytes / MB).toFixed(0));
  return `at the peak: server ${own} MB, PostgreSQL ${below} MB`;
}

/** Settings of whoever measures must not reach the server. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^THIMBLE_|^NODE_OPTIONS$/.test(name)));
}
