import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderStore } from '@thimble/content';
import { generateSigningKey, printTicket } from '@thimble/protocol/signing';
import { loadTls } from '@thimble/server/tls';
import type { Bench, BenchContext } from './bench.ts';
import { type Contender, startAptCacherNg, startNginx, startThimble } from './content/contenders.ts';
import { crowdMs, type SlowUpstream, startUpstream } from './content/crowd.ts';
import { CLIENTS, loadWith } from './content/load.ts';
import { fetchPeerPrograms } from './content/peer-programs.ts';
import { PINNED } from './content/processors.ts';
import type { ServedFile } from './content/serve-process.ts';
import { type Figure, median } from './figure.ts';
import { inTurns, loadNote, spread } from './measure.ts';

const KB = 1000;
const LARGE_BYTES = 50 * KB * KB;
const SMALL_COUNT = 200;
const SMALLEST_BYTES = 10 * KB;
const LARGEST_BYTES = 190 * KB;
const ROUNDS = 5;
const SECONDS = 4;
/** So many ask for one file that nobody has, over a line of 10 Mbit/s: what they share is the line, not this machine's loopback. */
const CROWD = 200;
const COLD_BYTES = 5 * KB * KB;
const LINE_BYTES_PER_SECOND = 1.25 * KB * KB;
const COLD_ROUNDS = 3;
const MINUTE_MS = 60_000;

export const contentServingBench: Bench = {
  name: 'content-serving',
  about: `a 50 MB file and ${SMALL_COUNT} small packages for ${CLIENTS} clients, against nginx and apt-cacher-ng; ${CROWD} clients and one cold file`,
  unavailable: async () =>
    process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
      ? null
      : 'apt has to fetch its peers, for which it needs root',
  run,
};

interface Setting {
  readonly contenders: readonly [Contender, Contender, Contender];
  readonly load: (contender: Contender, base: string, paths: readonly string[]) => Promise<Measured>;
}

interface Measured {
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
  /** Of the server, for a second of asking. */
  readonly processorShare: number;
}

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'thimble-bench-content-'));
  // Servers that give up root read here.
  await chmod(folder, 0o755);
  try {
    say('   fetching nginx, apt-cacher-ng and wrk ...');
    const programs = await fetchPeerPrograms(folder);
    let rate: number | null = null;
    await using upstream = await startUpstream(() => rate);
    const { files, cold } = await makeFiles(folder, upstream);
    const key = generateSigningKey();
    const ticket = ticketOf(key);
    const tls = await certificate(folder);
    const data = join(folder, 'server');
    const order = {
      data,
      store: join(folder, 'store'),
      files: [...files, ...cold],
      upstream: upstream.url.href,
      ticketKey: { keyid: key.keyid, publicKey: key.publicKey },
    };
    await using thimble = await startThimble(order);
    await using nginx = await startNginx(programs, join(folder, 'nginx'), join(folder, 'www'), tls);
    await using aptCacherNg = await startAptCacherNg(programs, join(folder, 'apt-cacher-ng'), upstream.url);
    const load: Setting['load'] = async (contender, base, paths) => {
      signal.throwIfAborted();
      const before = contender.processorMs();
      const result = await loadWith(programs, folder, base, paths, ticket, SECONDS);
      return { ...result, processorShare: (contender.processorMs() - before) / 1000 / SECONDS };
    };
    const setting: Setting = { contenders: [thimble, nginx, aptCacherNg], load };
    const [large = '', ...small] = files.map(({ path }) => path);
    say('   a look at each file, so that all have them ...');
    for (const { plain } of setting.contenders)
      for (const { path, sizeBytes } of files) await crowdMs(`${plain}/${path}`, ticket, 1, sizeBytes);
    say('   the large file ...');
    yield* compare(setting, 'plain', 'large file', 'MB/s', [large], 0.7);
    say('   small files ...');
    yield* compare(setting, 'plain', 'small files', '/s', small, null);
    say('   the same with TLS ...');
    yield* compare(setting, 'tls', 'large file, TLS', 'MB/s', [large], null);
    yield* compare(setting, 'tls', 'small files, TLS', '/s', small, null);
    say(`   ${CROWD} clients and a cold file ...`);
    rate = LINE_BYTES_PER_SECOND;
    yield* coldFigures(thimble, upstream, cold, ticket);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param ofNginx the share of nginx's rate that is the aim; null: for information */
async function* compare(
  { contenders, load }: Setting,
  how: 'plain' | 'tls',
  metric: string,
  unit: '/s' | 'MB/s',
  paths: readonly string[],
  ofNginx: number | null,
): AsyncIterable<Figure> {
  const rates: Record<string, number[]> = {};
  const shares: Record<string, number[]> = {};
  const runs = contenders.flatMap((contender) => {
    const base = how === 'plain' ? contender.plain : contender.tls;
    if (base === null) return [];
    const go = async (): Promise<number> => {
      const { requestsPerSecond, megabytesPerSecond, processorShare } = await load(contender, base, paths);
      (shares[contender.name] ??= []).push(processorShare);
      const rate = unit === '/s' ? requestsPerSecond : megabytesPerSecond;
      (rates[contender.name] ??= []).push(rate);
      return rate;
    };
    return [[contender.name, go] as const];
  });
  await inTurns(ROUNDS, Object.fromEntries(runs));
  const note = contenders
    .filter(({ name }) => rates[name] !== undefined)
    .map(
      ({ name }) =>
        `${name} ${spread(rates[name] ?? [])} at ${(100 * median(shares[name] ?? [])).toFixed(0)} % of a processor`,
    )
    .join('; ');
  for (const [peer, ratio] of [
    ['nginx', ofNginx ?? 0],
    ['apt-cacher-ng', 1],
  ] as const)
    if (rates[peer] !== undefined)
      yield {
        bench: 'content-serving',
        metric,
        unit,
        ours: median(rates['thimble'] ?? []),
        peer: median(rates[peer]),
        peerName: peer,
        aim: { kind: 'at-least', ratio },
        note: `${note}; ${CLIENTS} clients${PINNED ? ', servers and clients on a processor each' : ''}; ${loadNote()}`,
      };
}

async function* coldFigures(
  { plain }: Contender,
  upstream: SlowUpstream,
  cold: readonly ServedFile[],
  ticket: string,
): AsyncIterable<Figure> {
  const alone: number[] = [];
  const crowd: number[] = [];
  let asked = 0;
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    const [first, second] = cold.slice(2 * round);
    if (first === undefined || second === undefined) throw new Error('too few cold files');
    alone.push(await crowdMs(`${plain}/${first.path}`, ticket, 1, COLD_BYTES));
    crowd.push(await crowdMs(`${plain}/${second.path}`, ticket, CROWD, COLD_BYTES));
    asked = Math.max(asked, upstream.asked.filter((path) => path === second.path).length);
  }
  const common = { bench: 'content-serving', aim: { kind: 'at-most', ratio: 1 } } as const;
  const sizes = `a file of ${COLD_BYTES / KB / KB} MB over a line of ${LINE_BYTES_PER_SECOND / KB / KB} MB/s`;
  yield {
    ...common,
    metric: `upstream requests for ${CROWD} clients`,
    unit: '',
    ours: asked,
    peer: 1,
    peerName: 'limit',
    note: sizes,
  };
  yield {
    ...common,
    metric: `time of ${CROWD} clients`,
    unit: 'ms',
    ours: median(crowd),
    peer: median(alone),
    peerName: 'one client',
    aim: { kind: 'at-most', ratio: 1.2 },
    note: `${sizes}; ${CROWD}: ${spread(crowd)}; one: ${spread(alone)}; ${loadNote()}`,
  };
}

/** The first one is the large one. */
async function makeFiles(
  folder: string,
  upstream: SlowUpstream,
): Promise<{ readonly files: readonly ServedFile[]; readonly cold: readonly ServedFile[] }> {
  const store = await openFolderStore(join(folder, 'store'));
  const make = async (path: string, sizeBytes: number, stored: boolean): Promise<ServedFile> => {
    const bytes = randomBytes(sizeBytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    upstream.files.set(path, bytes);
    if (!stored) return { path, sha256, sizeBytes };
    await mkdir(join(folder, 'www', 'pool'), { recursive: true });
    await writeFile(join(folder, 'www', path), bytes);
    const work = join(store.workDirectory, sha256);
    await writeFile(work, bytes);
    await store.adopt(sha256, work);
    return { path, sha256, sizeBytes };
  };
  const files = [await make('pool/large_1.0_amd64.deb', LARGE_BYTES, true)];
  for (let index = 0; index < SMALL_COUNT; index += 1) {
    const size = SMALLEST_BYTES + Math.round((index * (LARGEST_BYTES - SMALLEST_BYTES)) / (SMALL_COUNT - 1));
    files.push(await make(`pool/small${index}_1.0_amd64.deb`, size, true));
  }
  const cold: ServedFile[] = [];
  for (let index = 0; index < 2 * COLD_ROUNDS; index += 1)
    cold.push(await make(`pool/cold${index}_1.0_amd64.deb`, COLD_BYTES, false));
  return { files, cold };
}

function ticketOf(key: ReturnType<typeof generateSigningKey>): string {
  const nowMs = Date.now();
  return printTicket(
    {
      format: 1,
      id: '01900000-0000-7000-8000-000000000001',
      organisationId: '01900000-0000-7000-8000-000000000002',
      endpointId: '01900000-0000-7000-8000-000000000003',
      site: 'Bern',
      issuedAt: new Date(nowMs - MINUTE_MS).toISOString(),
      expiresAt: new Date(nowMs + 60 * MINUTE_MS).toISOString(),
    },
    key,
  );
}

/** Of the same kind as the server's own. */
async function certificate(folder: string): Promise<{ readonly certificatePath: string; readonly keyPath: string }> {
  const tls = await loadTls({
    dataDirectory: folder,
    given: undefined,
    names: ['127.0.0.1'],
    now: new Date(),
    random: randomBytes,
  });
  const paths = { certificatePath: join(folder, 'certificate.pem'), keyPath: join(folder, 'key.pem') };
  await writeFile(paths.certificatePath, tls.certificate);
  await writeFile(paths.keyPath, tls.key);
  return paths;
}
