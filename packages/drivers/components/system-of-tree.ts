import {
  APK_INSTALLED_PATHS,
  type InstalledDatabase,
  type InstalledSoftware,
  PACMAN_LOCAL_PATH,
  type ReadGap,
  readApkInstalled,
  readPacmanDescription,
  SBOM_LIMITS,
  SbomError,
} from '@thimble/sbom';
import { parseDpkgStatus } from '../dpkg-status.ts';
import { type OsRelease, parseOsRelease } from '../os-release.ts';
import type { FileTree } from '../file-tree.ts';
import { HostError } from '../host.ts';
import type { PackageFormat } from './distribution-purl.ts';
import { OLD_RPM_DATABASE_PATHS, readRpmDatabase, RPM_DATABASE_PATHS } from './rpm-database.ts';

const SMALL_FILE_BYTES = 1024 * 1024;
const OS_RELEASE_PATHS = ['etc/os-release', 'usr/lib/os-release'] as const;
const DPKG_STATUS_PATH = 'var/lib/dpkg/status';
/** Distroless images have a file for each package here. */
const DPKG_STATUS_FOLDER = 'var/lib/dpkg/status.d';
/** Files of one package each: the largest real systems have some thousand packages. */
const PACKAGE_FILES_MAX = 20_000;

export interface SystemPackage extends InstalledSoftware {
  /** Whose database it was in. */
  readonly format: PackageFormat;
}

/** The operating system in a tree: a container's root, an extracted image, this machine. */
export interface SystemOfTree {
  /** Null: it does not say. */
  readonly release: OsRelease | null;
  readonly packages: readonly SystemPackage[];
  readonly gaps: readonly ReadGap[];
}

/** What os-release and the package databases say. What can't be read is a gap. */
export async function systemOfTree(tree: FileTree): Promise<SystemOfTree> {
  const gaps: ReadGap[] = [];
  const packages: SystemPackage[] = [];
  for (const [format, look] of DATABASES)
    for (const each of (await orGap('package database', gaps, () => look(tree, gaps))) ?? [])
      packages.push({ format, ...each });
  return { release: await orGap('os-release', gaps, () => osRelease(tree)), packages, gaps };
}

const DATABASES: readonly (readonly [
  PackageFormat,
  (tree: FileTree, gaps: ReadGap[]) => Promise<readonly InstalledSoftware[]>,
])[] = [
  ['deb', lookAtDpkg],
  ['apk', lookAtApk],
  ['rpm', lookAtRpm],
  ['alpm', lookAtPacman],
];

async function orGap<T>(what: string, gaps: ReadGap[], look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof SbomError) && !(error instanceof HostError)) throw error;
    gaps.push({ what, why: error.message.slice(0, 2000) });
    return null;
  }
}

async function osRelease(tree: FileTree): Promise<OsRelease | null> {
  for (const path of OS_RELEASE_PATHS) {
    const bytes = await tree.read(path, SMALL_FILE_BYTES);
    if (bytes !== null) return parseOsRelease(bytes.toString('utf8'));
  }
  return null;
}

async function lookAtDpkg(tree: FileTree, gaps: ReadGap[]): Promise<readonly InstalledSoftware[]> {
  const texts: string[] = [];
  const status = await tree.read(DPKG_STATUS_PATH, SBOM_LIMITS.fileBytes);
  if (status !== null) texts.push(status.toString('latin1'));
  for (const name of await packageFiles(tree, DPKG_STATUS_FOLDER, gaps)) {
    if (name.endsWith('.md5sums')) continue;
    const bytes = await tree.read(`${DPKG_STATUS_FOLDER}/${name}`, SMALL_FILE_BYTES);
    // They are unpacked packages' control files, which state no status.
    if (bytes !== null) texts.push(`Status: install ok installed\n${bytes.toString('latin1').trim()}\n`);
  }
  return texts.length === 0 ? [] : withGaps(readDpkgStatus(texts.join('\n')), DPKG_STATUS_PATH, gaps);
}

/** @param text a dpkg status file, as latin1 */
export function readDpkgStatus(text: string): InstalledDatabase {
  const { packages, problems } = parseDpkgStatus(text);
  return {
    problems,
    packages: packages.map(({ name, version, architecture, source, sourceVersion }) => ({
      name,
      version,
      architecture,
      source: { name: source, version: sourceVersion },
      vendor: null,
      module: null,
      licence: null,
    })),
  };
}

async function lookAtApk(tree: FileTree, gaps: ReadGap[]): Promise<readonly InstalledSoftware[]> {
  for (const path of APK_INSTALLED_PATHS) {
    const bytes = await tree.read(path, SBOM_LIMITS.fileBytes);
    if (bytes !== null) return withGaps(readApkInstalled(bytes), path, gaps);
  }
  return [];
}

async function lookAtRpm(tree: FileTree, gaps: ReadGap[]): Promise<readonly InstalledSoftware[]> {
  for (const path of RPM_DATABASE_PATHS) {
    await using file = await tree.open(path);
    if (file === null) continue;
    const { sizeBytes } = file.status;
    await using log = await tree.open(`${path}-wal`);
    if (log !== null && log.status.sizeBytes > 0)
      gaps.push({ what: path, why: 'rpm’s last changes may still be in its write-ahead log, which was not read' });
    return withGaps(await readRpmDatabase({ sizeBytes, readRange: file.readRange }), path, gaps);
  }
  for (const path of OLD_RPM_DATABASE_PATHS) {
    await using file = await tree.open(path);
    if (file !== null)
      gaps.push({
        what: path,
        why: 'an rpm database from before sqlite: print it there with `rpm -qa --queryformat` (see `thimble scan --help`) and scan that file',
      });
  }
  return [];
}

async function lookAtPacman(tree: FileTree, gaps: ReadGap[]): Promise<readonly InstalledSoftware[]> {
  const packages: InstalledSoftware[] = [];
  for (const name of await packageFiles(tree, PACMAN_LOCAL_PATH, gaps)) {
    const bytes = await tree.read(`${PACMAN_LOCAL_PATH}/${name}/desc`, SMALL_FILE_BYTES);
    if (bytes !== null) packages.push(readPacmanDescription(bytes));
  }
  return packages;
}

async function packageFiles(tree: FileTree, folder: string, gaps: ReadGap[]): Promise<readonly string[]> {
  const names = (await tree.list(folder)) ?? [];
  if (names.length > PACKAGE_FILES_MAX)
    gaps.push({ what: folder, why: `it has more than ${PACKAGE_FILES_MAX} files; the others were not read` });
  return names.slice(0, PACKAGE_FILES_MAX);
}

function withGaps({ packages, problems }: InstalledDatabase, path: string, gaps: ReadGap[]) {
  gaps.push(...problems.map((why) => ({ what: path, why })));
  return packages;
}
