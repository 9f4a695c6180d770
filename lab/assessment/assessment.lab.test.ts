import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { ensureBase } from '../base.ts';
import { runDebsecan, type TrackerDocument, writeDebsecanData } from './debsecan.ts';
import { missingFixes, readList, readStatus } from './independent-verdicts.ts';
import { hasRealData, layOutMirror } from './real-advisories.ts';

const availability = labForTests('verdicts about real installations by real advisories');
if (!hasRealData())
  process.stderr.write('\n!!! SKIPPED: verdicts by real advisories: ../shared/data is not there !!!\n\n');

/** The statements of the product, as `source CVE`. */
interface Scan {
  readonly findings: readonly {
    readonly vulnerability: string;
    readonly package: string;
    readonly source: { readonly name: string } | null;
  }[];
}
const statementsOf = ({ findings }: Scan) =>
  new Set(
    findings.map(
      (each) => `${(each.source?.name ?? each.package).replace(/^linux-signed-\w+$/, 'linux')} ${each.vulnerability}`,
    ),
  );

const some = (statements: readonly string[]) =>
  statements.length === 0 ? 'none' : `${statements.length}, ${statements.slice(0, 3).join(', ')} …`;

/** Lists what only one of two sets has. */
function difference(ours: ReadonlySet<string>, theirs: ReadonlySet<string>) {
  return { onlyOurs: [...ours.difference(theirs)].sort(), onlyTheirs: [...theirs.difference(ours)].sort() };
}

/**
 * The one difference to debsecan that there is: a signed kernel is built from `linux-signed-amd64`, of which no advisory
 * speaks. We hold it against `linux`; debsecan compares names and sees nothing.
 */
const isSignedKernel = (statement: string) => statement.startsWith('linux ');

describe.skipIf(!availability.available || !hasRealData())('a real installation, held against real advisories', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'thimble-assessment-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function thimble(database: string, argv: readonly string[], mirror?: string): string {
    const main = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'main.ts');
    return execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...argv], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...process.env,
        THIMBLE_ADVISORIES: join(folder, `${database}.sqlite`),
        ...(mirror === undefined ? {} : { THIMBLE_FEED_MIRROR: pathToFileURL(mirror).href }),
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  }

  /** A database with only the named feeds, so that both sides know the same. */
  async function databaseOf(name: string, feeds: readonly string[]): Promise<void> {
    const mirror = join(folder, `${name}-mirror`);
    await layOutMirror(mirror, feeds);
    thimble(name, ['feeds', 'sync', ...feeds], mirror);
  }

  describe.each([
    ['web', 'bookworm', 'debian:12'],
    ['server', 'bookworm', 'debian:12'],
    ['kernel', 'bookworm', 'debian:12'],
    ['bullseye', 'bullseye', 'debian:11'],
  ] as const)('%s', (base, codename, os) => {
    let status: string;
    beforeAll(async () => {
      const [layer = ''] = (await ensureBase(base)).lowers;
      status = join(layer, 'var/lib/dpkg/status');
    });

    test('has a finding for every DSA and DLA that is newer, and none for those that are in', async () => {
      await databaseOf(`${base}-lists`, ['debian-lists']);
      const scan = thimble(`${base}-lists`, ['scan', '--offline', '--json', '--all', '--os', os, status]);
      const packages = readStatus(status);
      const mirror = join(folder, `${base}-lists-mirror`, 'debian-lists', 'data');
      const fixes = ['DSA', 'DLA'].flatMap((kind) => readList(join(mirror, kind, 'list'), codename));
      const expected = missingFixes(packages, fixes);
      const ours = statementsOf(JSON.parse(scan) as Scan);
      const { onlyOurs, onlyTheirs } = difference(ours, expected);
      process.stdout.write(
        `${base}: ${packages.length} packages, ${fixes.length} fixes of ${codename}, ${expected.size} missing by dpkg, ${ours.size} found; only ours: ${onlyOurs.length}\n`,
      );
      expect(onlyTheirs).toEqual([]);
      expect(onlyOurs).toEqual([]);
      // A new point release may have everything; bullseye gets none any more.
      if (base === 'bullseye') expect(expected.size).toBeGreaterThan(0);
    });

    test('gets debsecan’s verdicts by the same tracker data', async () => {
      await databaseOf(`${base}-tracker`, ['debian-tracker']);
      const tracker = readFileSync(join(folder, `${base}-tracker-mirror`, 'debian-tracker', 'data', 'json'), 'utf8');
      writeDebsecanData(JSON.parse(tracker) as TrackerDocument, codename, join(folder, `${base}-debsecan`));
      const copy = join(folder, `${base}-status`);
      writeFileSync(copy, readFileSync(status));
      const theirs = runDebsecan(join(folder, `${base}-debsecan`), codename, copy);
      const scan = thimble(`${base}-tracker`, ['scan', '--offline', '--json', '--all', '--os', os, status]);
      const { onlyOurs, onlyTheirs } = difference(statementsOf(JSON.parse(scan) as Scan), theirs);
      process.stdout.write(
        `${base}: debsecan ${theirs.size}; only ours: ${some(onlyOurs)}; only debsecan’s: ${some(onlyTheirs)}\n`,
      );
      expect(onlyTheirs).toEqual([]);
      expect(onlyOurs.filter((each) => !isSignedKernel(each))).toEqual([]);
    });
  });
});
