import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createAptDriver, createLocalHost } from '@thimble/drivers';
import type { Bench, BenchContext } from './bench.ts';
import { median, type Figure } from './figure.ts';
import { inTurns, loadNote, spread, wallMs } from './measure.ts';
import { findOsquery } from './osquery.ts';

const ROUNDS = 25;
/** osquery takes seconds. */
const OSQUERY_ROUNDS = 5;
const WARM_UP_ROUNDS = 5;
const DEADLINE_MS = 60_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** The fields of our manifest that dpkg knows; where a package comes from and whether it is automatic, it does not. */
const FIELDS =
  '${Package}\\t${Architecture}\\t${Version}\\t${source:Package}\\t${source:Version}\\t${db:Status-Want}\\t${db:Status-Status}\\n';

export const inventoryBench: Bench = {
  name: 'inventory',
  about: 'the list of installed packages of this machine, by our driver, dpkg-query and osquery',
  unavailable: async () =>
    (await createAptDriver().detect(createLocalHost())) ? null : 'this machine has no dpkg database',
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const directory = await mkdtemp('/tmp/thimble-bench-inventory-');
  try {
    const host = createLocalHost();
    const driver = createAptDriver();
    const ours = async (): Promise<number> => {
      const { manifest } = await driver.inventory(host, { directory });
      return manifest.packages.length;
    };
    let count = 0;
    const firstMs = await wallMs(async () => {
      count = await ours();
    });
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await ours();
    assertSame(count, dpkgQuery());
    const times = await inTurns(ROUNDS, { thimble: () => wallMs(ours), dpkg: () => wallMs(dpkgQuery) }, signal);
    yield {
      bench: 'inventory',
      metric: 'wall',
      unit: 'ms',
      ours: median(times.thimble),
      peer: median(times.dpkg),
      peerName: 'dpkg-query -W',
      aim: { kind: 'at-most', ratio: 2 },
      note:
        `${count} packages; ours ${spread(times.thimble)}, dpkg-query ${spread(times.dpkg)}; ours adds origin and ` +
        `automatic; first call in a new process with an empty workspace ${firstMs.toFixed(0)} ms; ${loadNote()}`,
    };
    yield await againstOsquery({ say, signal }, ours, count, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function againstOsquery(
  { say, signal }: BenchContext,
  ours: () => Promise<number>,
  count: number,
  home: string,
): Promise<Figure> {
  const found = await findOsquery(say, signal);
  const figure = {
    bench: 'inventory',
    metric: 'wall',
    unit: 'ms',
    peerName: 'osquery deb_packages',
    aim: { kind: 'at-most', ratio: 0.5 },
  } as const;
  if ('missing' in found)
    return { ...figure, ours: await wallMs(ours), peer: null, note: `no osquery: ${found.missing}` };
  assertSame(count, osquery(found.path, home, 'select name from deb_packages'));
  const query = 'select name, version, source, arch, revision, status from deb_packages';
  const times = await inTurns(
    OSQUERY_ROUNDS,
    {
      thimble: () => wallMs(ours),
      osquery: () => wallMs(() => osquery(found.path, home, query)),
      nothing: () => wallMs(() => osquery(found.path, home, 'select 1')),
    },
    signal,
  );
  return {
    ...figure,
    ours: median(times.thimble),
    peer: median(times.osquery),
    note:
      `osquery ${spread(times.osquery)}, of which its packed binary takes ${spread(times.nothing)} to unpack and start ` +
      `(\`select 1\`); nothing was subtracted; ${loadNote()}`,
  };
}

function dpkgQuery(): number {
  return lines(command(['dpkg-query', '-W', '-f', FIELDS])).filter(
    (line) => !/\t(config-files|not-installed)$/.test(line),
  ).length;
}

/** It keeps a history in its user's home: here that is a folder that goes away. */
function osquery(path: string, home: string, query: string): number {
  return (JSON.parse(command([path, '--json', query], { ...process.env, HOME: home })) as unknown[]).length;
}

function command([file = '', ...rest]: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr, error } = spawnSync(file, rest, {
    encoding: 'utf8',
    timeout: DEADLINE_MS,
    maxBuffer: OUTPUT_BYTES,
    env,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} ended with ${String(status)}: ${stderr.slice(0, 500)}`);
  return stdout;
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Two tools that see different machines can't be compared. */
function assertSame(ours: number, theirs: number): void {
  if (ours !== theirs) throw new Error(`we see ${ours} packages, the peer ${theirs}`);
}
