import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSignedAptRepository, type BuiltDeb } from '@thimble/content/testing';
import type { Bench, BenchContext } from './bench.ts';
import { crowdMs, type SlowUpstream, startUpstream } from './content/crowd.ts';
import { frozenArchive } from './content/frozen-archive.ts';
import { listedPackage } from './content/listed-package.ts';
import { callLocally, type Looked, untilLooked } from './content/local-api.ts';
import { type Figure, median } from './figure.ts';
import { serverUnavailable } from './fleet/fleet.ts';
import { type MeasuredServer, startMeasuredServer } from './fleet/server.ts';
import { watchMemory } from './fleet/watch-memory.ts';
import { loadNote, spread } from './measure.ts';

const MB = 1024 * 1024;
const CROWD = 200;
const COLD_BYTES = 50_000_000;
/** 20 Mbit/s: what clients share is the line, not this machine's loopback. */
const LINE_BYTES_PER_SECOND = 2_500_000;
const COLD_ROUNDS = 2;
const FREEZE_LIMIT_S = 60;
const FREEZE_LIMIT_MB = 350;
const UNCHANGED_LIMIT_S = 3;
const UNCHANGED_ROUNDS = 3;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export const contentAcquireBench: Bench = {
  name: 'content-acquire',
  about: `a server as shipped freezes a whole release of Debian; ${CROWD} clients ask it for one file of 50 MB that it does not have`,
  unavailable: async () => (existsSync(KEYRING) ? serverUnavailable() : 'this is no Debian with its archive’s keys'),
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  let rate: number | null = null;
  await using upstream = await startUpstream(() => rate);
  say('   a release of Debian, frozen ...');
  yield* freezeFigures(upstream, signal);
  say(`   ${CROWD} clients and a cold file ...`);
  rate = LINE_BYTES_PER_SECOND;
  yield* coldFigures(upstream, signal);
}

const limit = { bench: 'content-acquire', peerName: 'limit', aim: { kind: 'at-most', ratio: 1 } } as const;

async function* freezeFigures(upstream: SlowUpstream, signal: AbortSignal): AsyncIterable<Figure> {
  const archive = await frozenArchive();
  if (archive === null) throw new Error('apt has no lists of a release: apt-get update');
  for (const [path, bytes] of archive.files) upstream.files.set(path, bytes);
  await using server = await startMeasuredServer();
  const { socketPath } = server;
  const before = server.rssBytes() / MB;
  const watch = watchMemory(server.pid);
  const keys = await callLocally<{ fingerprint: string }[]>(
    socketPath,
    'POST',
    '/content/keys',
    await readFile(KEYRING),
  );
  const began = performance.now();
  const { id } = await callLocally<Looked>(socketPath, 'POST', '/content/repositories', {
    name: 'Debian',
    format: 'apt',
    uris: [upstream.url.href],
    mirrorList: null,
    suite: archive.suite,
    components: [archive.component],
    architectures: [archive.architecture],
    fingerprints: keys.map(({ fingerprint }) => fingerprint),
    keyMaterial: armoured(await readFile(KEYRING)),
  });
  let looked = await untilLooked(socketPath, id, null, signal);
  const frozenS = (performance.now() - began) / 1000;
  const unchanged: number[] = [];
  for (let round = 0; round < UNCHANGED_ROUNDS; round += 1) {
    const again = performance.now();
    await callLocally(socketPath, 'POST', `/content/repositories/${id}/sync`, {});
    looked = await untilLooked(socketPath, id, looked.checkedAt, signal);
    unchanged.push((performance.now() - again) / 1000);
  }
  watch.stop();
  const { ownMs, databaseMs } = server.cpu();
  const what = `${looked.latest?.packageCount} packages of ${archive.suite}, database rows and all`;
  const time = `${what}; processor time since its start ${(ownMs / 1000).toFixed(1)} s, PostgreSQL ${(databaseMs / 1000).toFixed(1)} s; ${loadNote()}`;
  yield { ...limit, metric: 'freeze of a release', unit: 's', ours: frozenS, peer: FREEZE_LIMIT_S, note: time };
  yield {
    ...limit,
    metric: 'freeze of a release: peak memory',
    unit: 'MB',
    ours: watch.ownPeakBytes() / MB,
    peer: FREEZE_LIMIT_MB,
    note: `of the server’s process, which had ${before.toFixed(0)} MB before; PostgreSQL ${(watch.belowPeakBytes() / MB).toFixed(0)} MB besides`,
  };
  yield {
    ...limit,
    metric: 'the same, unchanged',
    unit: 's',
    ours: median(unchanged),
    peer: UNCHANGED_LIMIT_S,
    note: `${spread(unchanged)}; ${loadNote()}`,
  };
}

/** RFC 9580 section 6.2; the checksum is optional. */
function armoured(key: Buffer): string {
  const lines = key.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${lines.join('\n')}\n-----END PGP PUBLIC KEY BLOCK-----\n`;
}

async function* coldFigures(upstream: SlowUpstream, signal: AbortSignal): AsyncIterable<Figure> {
  await using server = await startMeasuredServer({ 'content-access': 'open' });
  const cold = Array.from({ length: 2 * COLD_ROUNDS }, (_, index) =>
    listedPackage(`cold${index}`, randomBytes(COLD_BYTES)),
  );
  const base = await freezeOf(cold, upstream, server, signal);
  const alone: number[] = [];
  const crowd: number[] = [];
  let asked = 0;
  const atStart = server.rssBytes() / MB;
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    const [first, second] = cold.slice(2 * round);
    if (first === undefined || second === undefined) throw new Error('too few cold files');
    signal.throwIfAborted();
    alone.push(await crowdMs(`${base}/${first.path}`, null, 1, COLD_BYTES));
    crowd.push(await crowdMs(`${base}/${second.path}`, null, CROWD, COLD_BYTES));
    asked = Math.max(asked, upstream.asked.filter((path) => path === second.path).length);
  }
  const note = `${COLD_BYTES / 1e6} MB over a line of ${LINE_BYTES_PER_SECOND / 1e6} MB/s`;
  yield { ...limit, metric: `cold file, ${CROWD} clients: upstream requests`, unit: '', ours: asked, peer: 1, note };
  yield {
    ...limit,
    metric: `cold file, ${CROWD} clients: time`,
    unit: 'ms',
    ours: median(crowd),
    peer: median(alone),
    peerName: 'one client',
    aim: { kind: 'at-most', ratio: 1.2 },
    note: `${note}; ${CROWD}: ${spread(crowd)}; one: ${spread(alone)}; peak memory of the server’s process ${(server.peakRssBytes() / MB).toFixed(0)} MB, ${atStart.toFixed(0)} MB before; ${loadNote()}`,
  };
}

/** @returns the address of its revision, without a slash at its end */
async function freezeOf(
  packages: readonly BuiltDeb[],
  upstream: SlowUpstream,
  { socketPath, port }: MeasuredServer,
  signal: AbortSignal,
): Promise<string> {
  const repository = await createSignedAptRepository();
  try {
    await repository.publish({ packages, packings: ['plain', 'xz'] });
    for (const [path, bytes] of await repository.files()) upstream.files.set(path, Buffer.from(bytes));
    for (const { path, bytes } of packages) upstream.files.set(path, Buffer.from(bytes));
    const { id } = await callLocally<Looked>(socketPath, 'POST', '/content/repositories', {
      name: 'Made up',
      ...repository.definition,
      uris: [upstream.url.href],
      fingerprints: [repository.fingerprint],
      keyMaterial: Buffer.from(repository.gpg.exportKeys([repository.fingerprint], true)).toString(),
    });
    const { latest } = await untilLooked(socketPath, id, null, signal);
    return `http://127.0.0.1:${port}/content/revisions/${latest?.id}`;
  } finally {
    await repository.close();
  }
}
