import { chmod, cp, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { PostgresError } from './error.ts';
import { type OperatingUser, canReach } from './operating-user.ts';

/**
 * Binaries that the user can really run: these, or a copy in the data directory when the checkout lies under a folder
 * that is closed to that user (/root), or when npm ran with --ignore-scripts and the package's library links are missing.
 *
 * @param store Folder for the copy, readable by everybody.
 * @throws PostgresError `not-accessible` when even the copy can't be reached.
 */
export async function usableBinaries(
  binaries: Binaries,
  user: OperatingUser | undefined,
  store: string,
): Promise<Binaries> {
  const complete = binaries.origin === 'system' || (await missingLinks(binaries.root)).length === 0;
  if (complete && (await canReach(user, join(binaries.bin, 'postgres')))) return binaries;
  if (binaries.origin === 'system')
    throw new PostgresError('not-accessible', `${user?.name ?? 'this user'} can't run ${binaries.bin}/postgres.`);
  const target = join(store, `${binaries.major}-${process.arch}`);
  if (!existsSync(target)) await copy(binaries.root, store, target);
  const copied = { ...binaries, root: target, bin: join(target, 'bin') };
  if (await canReach(user, join(copied.bin, 'postgres'))) return copied;
  throw new PostgresError(
    'not-accessible',
    `the user ${user?.name ?? ''} that PostgreSQL runs as can't reach ${store}. Make its parent folders searchable ` +
      '(chmod o+x) or choose another data directory with --data or THIMBLE_DATA.',
  );
}

interface Link {
  readonly path: string;
  readonly to: string;
}

/** The package lists its links in a file because npm's archives can't hold links; its install script makes them. */
async function missingLinks(root: string): Promise<readonly Link[]> {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const entries = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  return entries
    .map(({ source, target }) => ({ path: join(root, '..', target), to: basename(source) }))
    .filter(({ path }) => !existsSync(path));
}

/** A half made copy has another name, so that a crash leaves nothing that looks whole. */
async function copy(root: string, store: string, target: string): Promise<void> {
  const draft = join(store, 'native');
  await rm(draft, { recursive: true, force: true });
  await mkdir(store, { recursive: true, mode: 0o755 });
  await cp(root, draft, { recursive: true, verbatimSymlinks: true });
  for (const { path, to } of await missingLinks(draft)) await symlink(to, path);
  for (const program of await readdir(join(draft, 'bin'))) await chmod(join(draft, 'bin', program), 0o755);
  await rename(draft, target);
}
