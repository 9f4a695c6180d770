import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';
import { hasRealData, REAL_DATA } from '../assessment/real-advisories.ts';

/** An advisory of Debian's list, as its security team writes it. */
export type ListedAdvisory = {
  readonly id: string;
  readonly source: string;
  readonly vulnerabilities: readonly string[];
  /** In bookworm. */
  readonly fixed: string;
};

/** `thimble feeds serve` on loopback, over a folder in the publishers' layout that a test writes. */
export type FeedMirror = AsyncDisposable & {
  readonly url: string;
  /** Of Debian's two lists, as they are served now. */
  readonly lists: readonly string[];
  /** Besides the real ones, where they are at hand. An advisory that is left out is taken back by its publisher. */
  writeDebianList(advisories: readonly ListedAdvisory[]): void;
  writeExploited(vulnerabilities: readonly string[]): void;
  /** Package → fixed version → vulnerabilities, of one repository of a release. */
  writeAlpine(
    release: string,
    repository: string,
    fixes: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  ): void;
};

export async function startFeedMirror(): Promise<FeedMirror> {
  const folder = mkdtempSync(join(tmpdir(), 'thimble-feed-mirror-'));
  const main = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'main.ts');
  const argv = ['--disable-warning=ExperimentalWarning', main, 'feeds', 'serve', folder, '--port', '0', '--quiet'];
  const child = spawn('setpriv', ['--pdeathsig=KILL', process.execPath, ...argv], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const write = (place: string, content: string) => {
    mkdirSync(dirname(join(folder, place)), { recursive: true });
    writeFileSync(join(folder, place), content);
  };
  try {
    return {
      url: await addressOf(child.stdout),
      lists: Object.values(LISTS).map((place) => join(folder, place)),
      writeAlpine: (release, repository, fixes) => {
        const entries = Object.entries(fixes).map(([name, secfixes]) => ({ pkg: { name, secfixes } }));
        const database = {
          distroversion: release,
          reponame: repository,
          urlprefix: 'https://lab.example',
          packages: entries,
        };
        write(`secdb-alpine/${release}/${repository}.json`, JSON.stringify(database));
      },
      writeDebianList: (advisories) => {
        write(LISTS.DSA, advisories.map(entryOf).join('') + realList('DSA'));
        // The feed takes both lists or neither, and no empty one.
        write(LISTS.DLA, entryOf(OF_ANOTHER_RELEASE).replace('[bookworm]', '[bullseye]') + realList('DLA'));
      },
      writeExploited: (vulnerabilities) =>
        write('kev/known_exploited_vulnerabilities.json', JSON.stringify(catalogueOf(vulnerabilities))),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const LISTS = { DSA: 'debian-lists/data/DSA/list', DLA: 'debian-lists/data/DLA/list' } as const;

/** Empty where no real advisories lie beside this checkout. */
function realList(kind: keyof typeof LISTS): string {
  const file = join(REAL_DATA, 'debian', `${kind}-list.txt.gz`);
  return hasRealData() ? gunzipSync(readFileSync(file)).toString('utf8') : '';
}

const OF_ANOTHER_RELEASE: ListedAdvisory = {
  id: 'DLA-9900-1',
  source: 'hello',
  vulnerabilities: ['CVE-2026-99900'],
  fixed: '99',
};

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = / at (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error('thimble feeds serve ended without an address');
}

function entryOf({ id, source, vulnerabilities, fixed }: ListedAdvisory): string {
  return `[01 Nov 2026] ${id} ${source} - security update\n\t{${vulnerabilities.join(' ')}}\n\t[bookworm] - ${source} ${fixed}\n`;
}

function catalogueOf(vulnerabilities: readonly string[]) {
  return {
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    catalogVersion: '2026.11.01',
    dateReleased: '2026-11-01T00:00:00.0000Z',
    count: vulnerabilities.length,
    vulnerabilities: vulnerabilities.map((cveID) => ({
      cveID,
      vendorProject: 'Lab',
      product: 'Lab',
      vulnerabilityName: `Lab vulnerability ${cveID}`,
      dateAdded: '2026-11-01',
      shortDescription: 'made up',
      requiredAction: 'Apply the vendor’s update.',
      dueDate: '2026-11-15',
      knownRansomwareCampaignUse: 'Unknown',
      notes: '',
      cwes: [],
    })),
  };
}
