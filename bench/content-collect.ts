import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bench, BenchContext } from './bench.ts';
import type { Collected, CollectOrder } from './content/collect-process.ts';
import type { Figure } from './figure.ts';
import { serverUnavailable } from './fleet/fleet.ts';
import { memoryBytes } from './fleet/process-usage.ts';
import { watchMemory } from './fleet/watch-memory.ts';
import { loadNote } from './measure.ts';

const MB = 1024 * 1024;
const OBJECTS = 1_000_000;
const DEAD_EVERY = 10;
/** As many packages each as a release of Debian has. */
const REPOSITORIES = 14;
const LIMIT_S = 60;
const LIMIT_MB = 500;
const DEADLINE_MS = 900_000;
const STOP_MS = 30_000;

export const contentCollectBench: Bench = {
  name: 'content-collect',
  about: `a server as shipped collects what nothing needs of ${OBJECTS.toLocaleString('en-GB')} objects`,
  unavailable: serverUnavailable,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  // Directly under /tmp: PostgreSQL runs as another user when we are root, and a socket's path is short.
  const folder = await mkdtemp('/tmp/thimble-bench-collect-');
  await chmod(folder, 0o711);
  const order: CollectOrder = {
    data: join(folder, 'data'),
    store: join(folder, 'store'),
    objects: OBJECTS,
    deadEvery: DEAD_EVERY,
    repositories: REPOSITORIES,
  };
  try {
    say('   a million files without content ...');
    makeFiles(order, signal);
    say('   their rows, and the packages of which they are ...');
    yield* collected(order, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Collecting looks at names, sizes and times of files, never into them. */
function makeFiles({ store, objects }: CollectOrder, signal: AbortSignal): void {
  for (let shard = 0; shard < 256; shard += 1)
    mkdirSync(join(store, 'objects', shard.toString(16).padStart(2, '0')), { recursive: true });
  for (let number = 1; number <= objects; number += 1) {
    if (number % 10_000 === 0) signal.throwIfAborted();
    const sha256 = hash('sha256', String(number), 'hex');
    closeSync(openSync(`${store}/objects/${sha256.slice(0, 2)}/${sha256.slice(2)}`, 'w'));
  }
}

async function* collected(order: CollectOrder, signal: AbortSignal): AsyncIterable<Figure> {
  const program = join(import.meta.dirname, 'content', 'collect-process.ts');
  const argv = ['--disable-warning=ExperimentalWarning', program, JSON.stringify(order)];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: child.stdout });
    const deadline = { signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]) };
    const ended = once(child, 'exit', deadline).then(([code]) => {
      throw new Error(`the server ended with ${String(code)}`);
    });
    ended.catch(() => undefined);
    await Promise.race([once(lines, 'line', deadline), ended]);
    const before = memoryBytes(child.pid ?? 0, 'VmHWM') / MB;
    const watch = watchMemory(child.pid ?? 0);
    child.stdin.write('collect\n');
    const [line] = (await Promise.race([once(lines, 'line', deadline), ended])) as [string];
    watch.stop();
    const { seconds, examined, removed, message } = JSON.parse(line) as Collected;
    const expected = Math.floor(order.objects / order.deadEvery);
    if (message !== '' || removed !== expected || examined !== order.objects)
      throw new Error(`examined ${examined}, removed ${removed} of ${expected}: ${message}`);
    const limit = { bench: 'content-collect', peerName: 'limit', aim: { kind: 'at-most', ratio: 1 } } as const;
    const note = `${removed} of ${examined} removed, ${order.repositories} repositories with the rest; ${loadNote()}`;
    yield { ...limit, metric: 'a million objects', unit: 's', ours: seconds, peer: LIMIT_S, note };
    yield {
      ...limit,
      metric: 'a million objects: peak memory',
      unit: 'MB',
      ours: watch.ownPeakBytes() / MB,
      peer: LIMIT_MB,
      note: `of the server’s process, ${before.toFixed(0)} MB before; PostgreSQL ${(watch.belowPeakBytes() / MB).toFixed(0)} MB besides`,
    };
  } finally {
    await end(child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
