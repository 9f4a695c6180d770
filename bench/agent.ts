import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, BenchContext } from './bench.ts';
import { builtAgent, unpackAgent, type BuiltAgent } from './built-agent.ts';
import { median, type Figure } from './figure.ts';
import { startMeasuredServer, type MeasuredServer } from './fleet/server.ts';
import { memoryBytes, processesBelow } from './fleet/process-usage.ts';
import { inTurns, loadNote, spread, wallMs } from './measure.ts';

const MB = 1024 * 1024;
const LIMIT_FILE_MB = 130;
const LIMIT_CHECK_IN_MB = 90;
const START_ROUNDS = 15;
const DEADLINE_MS = 300_000;
const SAMPLE_MS = 4;

export const agentBench: Bench = {
  name: 'agent',
  about: 'footprint of the agent: its file, memory of a check-in and between check-ins, start time',
  unavailable: async () =>
    process.platform === 'linux' ? null : `the agent is for Linux, this is ${process.platform}`,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const built = await builtAgent(say);
  const folder = await mkdtemp('/tmp/thimble-bench-agent-');
  try {
    yield* footprint(built, await unpackAgent(built, folder), join(folder, 'state'), { say, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* footprint(
  built: BuiltAgent,
  program: string,
  state: string,
  { say, signal }: BenchContext,
): AsyncIterable<Figure> {
  const limit = { bench: 'agent', peerName: 'limit', aim: { kind: 'at-most', ratio: 1 } } as const;
  yield {
    ...limit,
    metric: 'single file',
    unit: 'MB',
    ours: built.executableBytes / MB,
    peer: LIMIT_FILE_MB,
    note: `the .deb has ${(built.debBytes / MB).toFixed(1)} MB`,
  };
  const starts = await inTurns(
    START_ROUNDS,
    {
      thimble: () => wallMs(() => spawnSync(program, ['version'], { stdio: 'ignore' })),
      node: () => wallMs(() => spawnSync(process.execPath, ['--eval', '0'], { stdio: 'ignore' })),
    },
    signal,
  );
  yield {
    bench: 'agent',
    metric: 'start',
    unit: 'ms',
    ours: median(starts.thimble),
    peer: median(starts.node),
    peerName: 'node --eval 0',
    aim: { kind: 'at-most', ratio: 2 },
    note: `\`thimble version\` ${spread(starts.thimble)}, Node alone ${spread(starts.node)}; ${loadNote()}`,
  };

  await using server = await startMeasuredServer();
  await enrol(program, server, state);
  say('   first check-in: everything is read, package lists are fetched ...');
  const first = await watched(program, state, signal);
  say('   and again, with nothing new ...');
  const second = await watched(program, state, signal);
  assertScanned(await server.client.endpoints());
  yield {
    ...limit,
    metric: 'peak of a check-in',
    unit: 'MB',
    ours: Math.max(first.peakBytes, second.peakBytes) / MB,
    peer: LIMIT_CHECK_IN_MB,
    note:
      `peak resident set of the process, as installed by dpkg: first check-in ${(first.peakBytes / MB).toFixed(1)} MB in ` +
      `${(first.wallMs / 1000).toFixed(1)} s, unchanged ${(second.peakBytes / MB).toFixed(1)} MB in ` +
      `${(second.wallMs / 1000).toFixed(1)} s; largest program that it started (apt-get and the like) ` +
      `${(first.childPeakBytes / MB).toFixed(1)} MB`,
  };
  yield {
    ...limit,
    metric: 'idle on the timer',
    unit: 'MB',
    ours: remains(state) / MB,
    peer: 0,
    note: 'resident memory of all processes that the check-ins left behind',
  };
}

async function enrol(program: string, server: MeasuredServer, state: string): Promise<void> {
  const { secret } = await server.client.createEnrolmentToken({ name: 'bench', expiresInHours: 1, maximumUses: 1 });
  const where = ['--server', `https://localhost:${server.port}`, '--ca-fingerprint', server.caFingerprint];
  const argv = ['agent', 'enroll', ...where, '--token', secret, '--state-dir', state, '--no-service'];
  const { status, stderr } = spawnSync(program, argv, { encoding: 'utf8', timeout: DEADLINE_MS });
  if (status !== 0) throw new Error(`enrolling ended with ${String(status)}: ${stderr.slice(-1000)}`);
}

interface Watched {
  readonly wallMs: number;
  readonly peakBytes: number;
  readonly childPeakBytes: number;
}

/** Runs one check-in as the timer does. The kernel keeps the peak; it is read until the process is gone. */
async function watched(program: string, state: string, signal: AbortSignal): Promise<Watched> {
  const startedMs = performance.now();
  const child = spawn(program, ['agent', 'check-in', '--state-dir', state], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: DEADLINE_MS,
    signal,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the agent did not start');
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4000);
  });
  let peakBytes = 0;
  let childPeakBytes = 0;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(pid));
    for (const below of processesBelow(pid)) childPeakBytes = Math.max(childPeakBytes, peakOf(below));
  }, SAMPLE_MS);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the check-in ended with ${String(code)}: ${log}`);
  } finally {
    clearInterval(sampler);
  }
  return { wallMs: performance.now() - startedMs, peakBytes, childPeakBytes };
}

/** 0: it ended meanwhile. */
function peakOf(pid: number): number {
  try {
    return memoryBytes(pid, 'VmHWM');
  } catch {
    return 0;
  }
}

/** What still runs with this state folder in its command line, in bytes. */
function remains(state: string): number {
  const { stdout } = spawnSync('ps', ['-eo', 'rss=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(state))
    .reduce((all, line) => all + Number.parseInt(line, 10) * 1024, 0);
}

/** A check-in that reported nothing would be small. */
function assertScanned({ items }: { readonly items: readonly { readonly packageCount: number }[] }): void {
  if (items.length !== 1 || (items[0]?.packageCount ?? 0) === 0)
    throw new Error(`the server got no inventory: ${JSON.stringify(items).slice(0, 300)}`);
}
