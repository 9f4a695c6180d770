import { parseDpkgStatus, parseOsRelease } from '@thimble/drivers';
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
import type { OperatingSystem } from '@thimble/advisories';
import type { ContainedTree } from './contained-tree.ts';
import { OLD_RPM_DATABASE_PATHS, readRpmDatabase, RPM_DATABASE_PATHS } from './rpm-database.ts';
import type { SeenPackage } from './seen.ts';

const SMALL_FILE_BYTES = 1024 * 1024;
const OS_RELEASE_PATHS = ['etc/os-release', 'usr/lib/os-release'] as const;
const DPKG_STATUS_PATH = 'var/lib/dpkg/status';
/** Distroless images have a file for each package here. */
const DPKG_STATUS_FOLDER = 'var/lib/dpkg/status.d';

export interface SeenSystem {
  readonly os: OperatingSystem | null;
  readonly packages: readonly SeenPackage[];
  readonly gaps: readonly ReadGap[];
}

/** The operating system of a root folder, and what its package databases say. */
export async function lookAtRoot(tree: ContainedTree): Promise<SeenSystem> {
  const gaps: ReadGap[] = [];
  const packages: SeenPackage[] = [];
  for (const look of [lookAtDpkg, lookAtApk, lookAtRpm, lookAtPacman])
    try {
      packages.push(...(await look(tree, gaps)));
    } catch (error) {
      if (!(error instanceof SbomError) && !(error instanceof Error && error.name === 'CliError')) throw error;
      gaps.push({ what: 'package database', why: error.message });
    }
  return { os: await operatingSystem(tree), packages, gaps };
}

async function operatingSystem(tree: ContainedTree): Promise<OperatingSystem | null> {
  for (const path of OS_RELEASE_PATHS) {
    const bytes = await tree.read(path, SMALL_FILE_BYTES);
    if (bytes !== null) return operatingSystemOf(bytes.toString('utf8'));
  }
  return null;
}

export function operatingSystemOf(osRelease: string): OperatingSystem {
  const { id, idLike, versionId, codename, baseCodename } = parseOsRelease(osRelease);
  return { id, idLike, versionId, codename, ...(baseCodename === '' ? {} : { baseCodename }) };
}

async function lookAtDpkg(tree: ContainedTree, gaps: ReadGap[]): Promise<readonly SeenPackage[]> {
  const texts: string[] = [];
  const status = await tree.read(DPKG_STATUS_PATH, SBOM_LIMITS.fileBytes);
  if (status !== null) texts.push(status.toString('latin1'));
  for (const name of (await tree.list(DPKG_STATUS_FOLDER)) ?? []) {
    if (name.endsWith('.md5sums')) continue;
    const bytes = await tree.read(`${DPKG_STATUS_FOLDER}/${name}`, SMALL_FILE_BYTES);
    // They are unpacked packages' control files, which state no status.
    if (bytes !== null) texts.push(`Status: install ok installed\n${bytes.toString('latin1').trim()}\n`);
  }
  return texts.length === 0 ? [] : dpkgPackages(texts.join('\n'), DPKG_STATUS_PATH, gaps);
}

/** @param text a dpkg status file, as latin1 */
export function dpkgPackages(text: string, path: string, gaps: ReadGap[]): readonly SeenPackage[] {
  const { packages, problems } = parseDpkgStatus(text);
  gaps.push(...problems.map((why) => ({ what: path, why })));
  return packages.map(({ name, version, architecture, source, sourceVersion }) => ({
    name,
    version,
    architecture,
    source: { name: source, version: sourceVersion },
    origin: null,
    vendor: null,
    module: null,
  }));
}

async function lookAtApk(tree: ContainedTree, gaps: ReadGap[]): Promise<readonly SeenPackage[]> {
  for (const path of APK_INSTALLED_PATHS) {
    const bytes = await tree.read(path, SBOM_LIMITS.fileBytes);
    if (bytes !== null) return databasePackages(readApkInstalled(bytes), path, gaps);
  }
  return [];
}

async function lookAtRpm(tree: ContainedTree, gaps: ReadGap[]): Promise<readonly SeenPackage[]> {
  for (const path of RPM_DATABASE_PATHS) {
    const file = await tree.locate(path);
    if (file !== null) return databasePackages(readRpmDatabase(file, path), path, gaps);
  }
  for (const path of OLD_RPM_DATABASE_PATHS)
    if ((await tree.locate(path)) !== null)
      gaps.push({
        what: path,
        why: 'an rpm database from before sqlite: print it there with `rpm -qa --queryformat` (see `thimble scan --help`) and scan that file',
      });
  return [];
}

async function lookAtPacman(tree: ContainedTree): Promise<readonly SeenPackage[]> {
  const packages: InstalledSoftware[] = [];
  for (const name of (await tree.list(PACMAN_LOCAL_PATH)) ?? []) {
    const bytes = await tree.read(`${PACMAN_LOCAL_PATH}/${name}/desc`, SMALL_FILE_BYTES);
    if (bytes !== null) packages.push(readPacmanDescription(bytes));
  }
  return databasePackages({ packages, problems: [] }, PACMAN_LOCAL_PATH, []);
}

export function databasePackages(
  { packages, problems }: InstalledDatabase,
  path: string,
  gaps: ReadGap[],
): readonly SeenPackage[] {
  gaps.push(...problems.map((why) => ({ what: path, why })));
  return packages.map(({ name, version, architecture, source, vendor, module }) => ({
    name,
    version,
    architecture,
    source,
    origin: null,
    vendor,
    module,
  }));
}
