import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { machineArchitecture } from '../architecture.ts';
import { machineMirror, type MachineMirror } from '../apt-sources.ts';
import { cacheFolder } from '../folders.ts';
import { LabError } from '../lab-error.ts';
import { run, runOrThrow } from '../run.ts';
import { ensureTools } from '../tools.ts';
import { downloadThroughApt } from './download.ts';
import { parsePackagesIndex, type PackageRecord } from './packages-index.ts';
import { parseRelease, type ReleaseFile } from './release-file.ts';
import { NOT_FOUND, type Answer } from './site.ts';

export type ArchiveName = 'debian' | 'debian-security';

type FrozenSuite = {
  readonly archive: ArchiveName;
  readonly inRelease: string;
  readonly release: ReleaseFile;
  readonly modifiedAt: Date;
};

/**
 * Debian suites as the machine's mirror had them at one moment, with Debian's own signatures. The indexes were checked
 * against the signed Release when they were frozen; packages are pulled through later and apt itself checks them.
 */
export class Snapshot {
  readonly id: string;
  readonly architecture: string;
  readonly #mirror: MachineMirror;
  readonly #suites: ReadonlyMap<string, FrozenSuite>;
  readonly #flights = new Map<string, Promise<void>>();

  constructor(id: string, architecture: string, mirror: MachineMirror, suites: ReadonlyMap<string, FrozenSuite>) {
    this.id = id;
    this.architecture = architecture;
    this.#mirror = mirror;
    this.#suites = suites;
  }

  get suites(): readonly string[] {
    return [...this.#suites.keys()];
  }

  archiveOf(suite: string): ArchiveName {
    return this.#suite(suite).archive;
  }

  releaseOf(suite: string): ReleaseFile {
    return this.#suite(suite).release;
  }

  /** What the frozen index of a suite lists: the tests assert against it, never against versions written down. */
  async packages(suite: string): Promise<ReadonlyMap<string, PackageRecord>> {
    const index = this.#suite(suite).release.indexes.get(packagesPath(this.architecture));
    if (index === undefined) return new Map();
    return parsePackagesIndex(await runOrThrow(['xz', '-dc', indexFile(index.sha256)]));
  }

  /** A file of the pool on this machine, downloaded once however many ask for it at the same time. */
  async poolFile(archive: ArchiveName, path: string): Promise<string> {
    const target = join(cacheFolder(), 'pool', archive, path);
    const url = `${archiveUrl(this.#mirror, archive)}/${path.split('/').map(encodeURIComponent).join('/')}`;
    await this.#once(target, () => downloadThroughApt(url, target));
    return target;
  }

  /** Serves `debian/...` and `debian-security/...`. */
  async answer(path: string): Promise<Answer> {
    const match = /^(debian|debian-security)\/(dists|pool)\/(.+)$/.exec(path);
    if (match === null) return NOT_FOUND;
    const archive = match[1] as ArchiveName;
    const rest = match[3] ?? '';
    try {
      const file =
        match[2] === 'pool' ? await this.poolFile(archive, `pool/${rest}`) : await this.#indexFile(archive, rest);
      return file === undefined ? NOT_FOUND : { kind: 'file', path: file, modifiedAt: this.#modifiedAt(rest, file) };
    } catch (error) {
      if (!(error instanceof LabError) || error.code !== 'upstream') throw error;
      return { kind: 'status', status: error.message.includes('404') ? 404 : 502 };
    }
  }

  async #indexFile(archive: ArchiveName, path: string): Promise<string | undefined> {
    const [suite = '', ...segments] = path.split('/');
    const frozen = this.#suites.get(suite);
    if (frozen === undefined || frozen.archive !== archive) return undefined;
    const rest = segments.join('/');
    if (rest === 'InRelease') return frozen.inRelease;
    const byHash = /^(.+)\/by-hash\/SHA256\/([0-9a-f]{64})$/.exec(rest);
    const listed = [...frozen.release.indexes].find(([name, index]) =>
      byHash === null ? name === rest : index.sha256 === byHash[2] && posix.dirname(name) === byHash[1],
    );
    if (listed === undefined) return undefined;
    await this.fetchIndex(suite, listed[0]);
    return indexFile(listed[1].sha256);
  }

  /** Makes sure that an index which the Release lists is here. */
  async fetchIndex(suite: string, name: string): Promise<void> {
    const { archive, release } = this.#suite(suite);
    const index = release.indexes.get(name);
    if (index === undefined) throw new LabError('upstream', `the Release of ${suite} lists no ${name}`);
    const { sha256 } = index;
    const folder = `${archiveUrl(this.#mirror, archive)}/dists/${suite}/${posix.dirname(name)}`;
    const target = indexFile(sha256);
    await this.#once(target, () => downloadThroughApt(`${folder}/by-hash/SHA256/${sha256}`, target, sha256));
  }

  /** Endpoints that ask for the same cold file at once wait for one download. */
  async #once(target: string, download: () => Promise<void>): Promise<void> {
    if (existsSync(target)) return;
    const flying = this.#flights.get(target);
    if (flying !== undefined) return flying;
    const flight = download().finally(() => this.#flights.delete(target));
    this.#flights.set(target, flight);
    return flight;
  }

  #modifiedAt(path: string, file: string): Date {
    return this.#suites.get(path.split('/')[0] ?? '')?.modifiedAt ?? statSync(file).mtime;
  }

  #suite(name: string): FrozenSuite {
    const suite = this.#suites.get(name);
    if (suite === undefined) throw new LabError('upstream', `the snapshot has no suite '${name}'`);
    return suite;
  }
}

/**
 * Freezes suites of the machine's mirror. Suites named *-security come from the security archive.
 * Throws LabError `upstream` (not served, e.g. moved to the archive of old releases) or `signature`.
 */
export async function freezeSuites(names: readonly string[]): Promise<Snapshot> {
  await ensureTools();
  const mirror = machineMirror();
  const architecture = await machineArchitecture();
  const frozen = await Promise.all(names.map((name) => freezeRelease(mirror, name)));
  const suites = new Map(names.map((name, index) => [name, frozen[index]] as const));
  const known = new Map([...suites].filter((entry): entry is [string, FrozenSuite] => entry[1] !== undefined));
  const id = sha256Of([...known.values()].map((suite) => suite.inRelease).join('\n')).slice(0, 12);
  const snapshot = new Snapshot(id, architecture, mirror, known);
  await Promise.all(names.map((name) => snapshot.fetchIndex(name, packagesPath(architecture))));
  return snapshot;
}

async function freezeRelease(mirror: MachineMirror, suite: string): Promise<FrozenSuite> {
  const archive: ArchiveName = suite.endsWith('-security') ? 'debian-security' : 'debian';
  const folder = join(cacheFolder(), 'releases');
  mkdirSync(folder, { recursive: true });
  const fresh = join(folder, `${suite}.${process.pid}.fresh`);
  await downloadThroughApt(`${archiveUrl(mirror, archive)}/dists/${suite}/InRelease`, fresh);
  try {
    const verified = `${fresh}.verified`;
    const check = await run(['gpgv', '--quiet', '--keyring', mirror.keyring, '--output', verified, fresh]);
    if (check.code !== 0)
      throw new LabError('signature', `InRelease of ${suite} is not Debian's: ${check.stderr.trim()}`);
    const release = parseRelease(readFileSync(verified, 'utf8'));
    rmSync(verified);
    const inRelease = join(folder, `${suite}-${sha256Of(readFileSync(fresh)).slice(0, 16)}`);
    renameSync(fresh, inRelease);
    return { archive, inRelease, release, modifiedAt: new Date(release.fields.get('Date') ?? 0) };
  } finally {
    rmSync(fresh, { force: true });
  }
}

function archiveUrl(mirror: MachineMirror, archive: ArchiveName): string {
  return archive === 'debian' ? mirror.archiveUrl : mirror.securityUrl;
}

function packagesPath(architecture: string): string {
  return `main/binary-${architecture}/Packages.xz`;
}

function indexFile(sha256: string): string {
  return join(cacheFolder(), 'indexes', sha256);
}

function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
