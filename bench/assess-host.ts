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
import { median, type Figure } from './figure.ts';
import { inTurns, loadNote, spread, wallMs } from './measure.ts';
import { ovalDocument } from './oval.ts';

const ROUNDS = 7;
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
    const os = parseOsRelease(readFileSync('/etc/os-release', 'utf8'));
    say('   laying out the advisories ...');
    const database = await fill(folder, signal);
    const advisories = openAdvisories(database, 'read');
    const debsecan = await debsecanData(folder, os.codename);
    const oscap = oscapRun(folder, os.codename);
    const namespace = `${os.id}:${os.versionId}`;
    const states = await advisories.states();
    const fresh = freshnessOf(namespace, { feeds: FEEDS, states, support: [], now: new Date() });
    const ready = { index: createClaimIndex(advisories), context: { fresh } };
    const found = await ours(ready, os);
    const times = await inTurns(
      ROUNDS,
      {
        thimble: () => wallMs(() => ours(ready, os)),
        cold: () => wallMs(() => coldScan(database)),
        debsecan: () => wallMs(debsecan),
        oscap: () => wallMs(oscap ?? (() => undefined)),
      },
      signal,
    );
    advisories.close();
    const note = `${found.packages} packages, ${found.findings} findings; ours ${spread(times.thimble)}; ${loadNote()}`;
    const figure = { bench: 'assess-host', unit: 'ms', ours: median(times.thimble) } as const;
    const aim = { kind: 'at-most', ratio: 1 / 20 } as const;
    yield {
      ...figure,
      metric: 'warm, to debsecan',
      peer: median(times.debsecan),
      peerName: 'debsecan',
      aim,
      note: `${note}; debsecan ${spread(times.debsecan)}, tracker data only`,
    };
    const scanned = oscap === null ? undefined : times.oscap;
    yield {
      ...figure,
      metric: 'warm, to oscap',
      peer: scanned === undefined ? null : median(scanned),
      peerName: 'oscap oval eval',
      aim,
      note:
        scanned === undefined
          ? 'oscap is not installed (apt-get install openscap-scanner)'
          : `${note}; oscap ${spread(scanned)}, the lists as OVAL`,
    };
    yield {
      ...figure,
      metric: 'cold process',
      ours: median(times.cold),
      peer: 1000,
      peerName: 'limit',
      aim: { kind: 'at-most', ratio: 1 },
      note: `thimble scan --offline --json, from start to end: ${spread(times.cold)}; ${loadNote()}`,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
  { index, context }: { readonly index: ClaimIndex; readonly context: AssessmentContext },
  os: ReturnType<typeof parseOsRelease>,
): Promise<{ readonly packages: number; readonly findings: number }> {
  const { packages } = parseDpkgStatus(readFileSync(STATUS, 'latin1'));
  let findings = 0;
  for (const entry of packages)
    findings += (await index.assess(softwareOfPackage({ ...entry, origin: null }, os), context)).verdicts.length;
  return { packages: packages.length, findings };
}

function coldScan(database: string): void {
  const argv = [
    '--disable-warning=ExperimentalWarning',
    MAIN,
    'scan',
    '--offline',
    '--json',
    '--os',
    'debian:12',
    STATUS,
  ];
  const { status, stderr } = spawnSync(process.execPath, argv, {
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
  if (spawnSync('oscap', ['--version']).status !== 0) return null;
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
