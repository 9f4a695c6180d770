import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AssessmentContext, FEEDS, softwareOfPackage } from '@thimble/advisories';
import { parseDpkgStatus, parseOsRelease } from '@thimble/drivers';
import {
  type ClaimIndex,
  createClaimIndex,
  createFetcher,
  freshnessOf,
  openAdvisories,
  syncFeed,
} from '@thimble/feeds';
import {
  ensureTools,
  hasRealData,
  layOutMirror,
  readList,
  readStatus,
  runDebsecan,
  type TrackerDocument,
  writeDebsecanData,
} from '@thimble/lab';
import type { Bench, BenchContext } from './bench.ts';
import { builtAgent } from './built-agent.ts';
import { median, type Figure } from './figure.ts';
import { inTurns, loadNote, processorMs, spread, wallMs } from './measure.ts';
import { ensureOscap, hasOscap } from './oscap.ts';
import { ovalDocument } from './oval.ts';

const ROUNDS = 5;
/** Hosts that a server has assessed before the first measured one, and in a row in each round: it has more than one. */
const WARM_UP = 20;
const IN_A_ROW = 10;
const HUNDRED = 100;
const WARM_AIM = { kind: 'at-most', ratio: 1 / 20 } as const;
const LIMIT_COLD_MS = 1_000;
const STATUS = '/var/lib/dpkg/status';
const FEED_IDS = ['debian-lists', 'debian-tracker'];
const MAIN = join(import.meta.dirname, '..', 'packages', 'cli', 'main.ts');

export const assessHostBench: Bench = {
  name: 'assess-host',
  about: 'all vulnerabilities of this Debian machine by all DSA, DLA and tracker data, by us, debsecan and oscap',
  async unavailable() {
    if (!existsSync(STATUS)) return 'this machine has no dpkg database';
    return hasRealData() ? null : '../shared/data is not there';
  },
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const folder = await mkdtemp('/tmp/thimble-bench-assess-');
  try {
    await ensureTools();
    await ensureOscap(say);
    const { executable } = await builtAgent(say);
    const os = parseOsRelease(readFileSync('/etc/os-release', 'utf8'));
    say('   laying out the advisories ...');
    const database = await fill(folder, signal);
    const advisories = openAdvisories(database, 'read');
    const namespace = `${os.id}:${os.versionId}`;
    const states = await advisories.states();
    const fresh = freshnessOf(namespace, { feeds: FEEDS, states, support: [], now: new Date() });
    const index = createClaimIndex(advisories);
    const context = { fresh };
    const found = await ours(index, context, os);
    // Another context is another question: what was concluded before is not looked up.
    for (let round = 0; round < WARM_UP; round += 1) await ours(index, { fresh }, os);
    const debsecan = await debsecanData(folder, os.codename);
    const oscap = oscapRun(folder, os.codename);
    const script = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN];
    const times = await inTurns(
      ROUNDS,
      {
        anew: () => meanMs(() => ours(index, { fresh }, os)),
        again: () => meanMs(() => ours(index, context, os)),
        fromDatabase: () => wallMs(() => ours(createClaimIndex(advisories), context, os)),
        cold: () => wallMs(() => coldScan(script, database)),
        coldFile: () => wallMs(() => coldScan([executable], database)),
        debsecan: () => wallMs(debsecan),
        oscap: () => wallMs(oscap ?? (() => undefined)),
      },
      signal,
    );
    // Together in a hundred goes: the kernel counts in steps of ten milliseconds.
    const processor = {
      anew: (await processorMs(() => repeat(HUNDRED, () => ours(index, { fresh }, os)))) / HUNDRED,
      again: (await processorMs(() => repeat(HUNDRED, () => ours(index, context, os)))) / HUNDRED,
      debsecan: (await processorMs(() => repeat(IN_A_ROW, debsecan))) / IN_A_ROW,
    };
    advisories.close();
    yield* processorFigures(processor);
    yield* warmFigures(times, found, oscap !== null);
    yield coldFigure('cold process', times.cold, 'thimble scan --offline --json from its sources');
    yield coldFigure('cold process, single file', times.coldFile, 'the same as it is given out');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function meanMs(act: () => Promise<unknown>): Promise<number> {
  return (await wallMs(() => repeat(IN_A_ROW, act))) / IN_A_ROW;
}

async function repeat(times: number, act: () => Promise<unknown> | unknown): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) await act();
}

function* processorFigures(means: Readonly<Record<'anew' | 'again' | 'debsecan', number>>): Iterable<Figure> {
  for (const [metric, own] of [
    ['processor time, every verdict anew', means.anew],
    ['processor time, nothing changed', means.again],
  ] as const)
    yield {
      bench: 'assess-host',
      metric,
      unit: 'ms',
      ours: own,
      peer: means.debsecan,
      peerName: 'debsecan',
      aim: WARM_AIM,
      note: `does not depend on what else the machine does; ${loadNote()}`,
    };
}

type Times = Readonly<
  Record<'anew' | 'again' | 'fromDatabase' | 'cold' | 'coldFile' | 'debsecan' | 'oscap', readonly number[]>
>;

function* warmFigures(
  times: Times,
  { packages, findings }: { readonly packages: number; readonly findings: number },
  hasOscap: boolean,
): Iterable<Figure> {
  const peers = [
    { name: 'debsecan', times: times.debsecan, why: 'tracker data only' },
    hasOscap
      ? { name: 'oscap oval eval', times: times.oscap, why: 'the lists as OVAL' }
      : { name: 'oscap oval eval', times: null, why: 'oscap is not installed (apt-get install openscap-scanner)' },
  ];
  for (const [metric, own, what] of [
    ['warm, every verdict anew', times.anew, 'advisories at hand'],
    ['warm, nothing changed', times.again, 'its package versions were assessed before'],
  ] as const)
    for (const { name, times: theirs, why } of peers)
      yield {
        bench: 'assess-host',
        metric,
        unit: 'ms',
        ours: median(own),
        peer: theirs === null ? null : median(theirs),
        peerName: name,
        aim: WARM_AIM,
        note:
          `${packages} packages, ${findings} findings; ${what}: ${spread(own)}; advisories read from the database: ` +
          `${spread(times.fromDatabase)}; ${theirs === null ? '' : `${name} ${spread(theirs)}, `}${why}; ${loadNote()}`,
      };
}

function coldFigure(metric: string, times: readonly number[], what: string): Figure {
  return {
    bench: 'assess-host',
    metric,
    unit: 'ms',
    ours: median(times),
    peer: LIMIT_COLD_MS,
    peerName: 'limit',
    aim: { kind: 'at-most', ratio: 1 },
    note: `${what}, from start to end: ${spread(times)}; ${loadNote()}`,
  };
}

async function fill(folder: string, signal: AbortSignal): Promise<string> {
  await layOutMirror(join(folder, 'mirror'), [...FEED_IDS, 'distro-info']);
  const path = join(folder, 'advisories.sqlite');
  const store = openAdvisories(path, 'write');
  const fetcher = createFetcher({
    temporaryDirectory: join(folder, 'downloads'),
    userAgent: 'Thimble/bench',
    proxy: null,
    baseUrls: new Map(),
    mirror: pathToFileURL(`${folder}/mirror/`).href,
  });
  for (const feed of FEEDS.filter(({ id }) => [...FEED_IDS, 'distro-info'].includes(id)))
    await syncFeed(feed, { store, fetcher, now: () => new Date(), namespaces: null, reader: 'bench', signal });
  store.close();
  return path;
}

/** From the package database to the verdicts, the advisories at hand. */
async function ours(
  index: ClaimIndex,
  context: AssessmentContext,
  os: ReturnType<typeof parseOsRelease>,
): Promise<{ readonly packages: number; readonly findings: number }> {
  const { packages } = parseDpkgStatus(readFileSync(STATUS, 'latin1'));
  let findings = 0;
  for (const entry of packages)
    findings += (await index.assess(softwareOfPackage({ ...entry, origin: null }, os), context)).verdicts.length;
  return { packages: packages.length, findings };
}

function coldScan([command = '', ...before]: readonly string[], database: string): void {
  const argv = [...before, 'scan', '--offline', '--json', '--os', 'debian:12', STATUS];
  const { status, stderr } = spawnSync(command, argv, {
    env: { ...process.env, THIMBLE_ADVISORIES: database },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`thimble scan ended with ${String(status)}: ${stderr.slice(0, 500)}`);
}

async function debsecanData(folder: string, codename: string): Promise<() => void> {
  const tracker = JSON.parse(readFileSync(join(folder, 'mirror/debian-tracker/data/json'), 'utf8')) as TrackerDocument;
  writeDebsecanData(tracker, codename, join(folder, 'debsecan'));
  return () => void runDebsecan(join(folder, 'debsecan'), codename, STATUS);
}

function oscapRun(folder: string, codename: string): (() => void) | null {
  if (!hasOscap()) return null;
  const lists = join(folder, 'mirror/debian-lists/data');
  const fixes = ['DSA', 'DLA'].flatMap((kind) => readList(join(lists, kind, 'list'), codename));
  const path = join(folder, 'oval.xml');
  writeFileSync(path, ovalDocument(readStatus(STATUS), fixes));
  return () => {
    const { status, stderr } = spawnSync('oscap', ['oval', 'eval', '--results', join(folder, 'results.xml'), path], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    });
    if (status !== 0) throw new Error(`oscap ended with ${String(status)}: ${stderr.slice(0, 500)}`);
  };
}
