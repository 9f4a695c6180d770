import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PostgresError } from './error.ts';
import { type OperatingUser, canReach } from './operating-user.ts';

/** sockaddr_un.sun_path holds 108 bytes with its closing zero (unix(7)). */
const SOCKET_PATH_LIMIT_BYTES = 107;
const LONGEST_SOCKET_NAME = '/postgres/.s.PGSQL.5432.lock';

/**
 * Where sockets of a data directory are: DATA/run, or a short folder named after its digest when that path is too long
 * for a socket. The same input gives the same answer in every process, so the command line finds the server.
 */
export function runtimeDirectory(
  dataDirectory: string,
  uid = process.getuid?.() ?? 0,
  userRuntime = process.env['XDG_RUNTIME_DIR'],
): string {
  const usual = join(dataDirectory, 'run');
  if (Buffer.byteLength(usual + LONGEST_SOCKET_NAME) <= SOCKET_PATH_LIMIT_BYTES) return usual;
  const digest = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  if (uid === 0) return `/run/thimble-${digest}`;
  const short = userRuntime === undefined || userRuntime.length > 40 ? '/tmp' : userRuntime;
  return join(short, `thimble-${uid}-${digest}`);
}

/**
 * Makes the folder for sockets, which others may pass through but not write into. One that exists must be ours: in /tmp
 * somebody else could have put it there first, to answer in our place.
 *
 * @throws PostgresError `not-accessible`
 */
export async function makeRuntimeDirectory(dataDirectory: string): Promise<string> {
  const path = runtimeDirectory(dataDirectory);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await makeDirectory(path, 0o755, process.getuid?.() ?? 0);
  return path;
}

/**
 * Makes a folder that is only `user`'s (or ours), below one that nobody else can write to.
 *
 * @throws PostgresError `not-accessible`
 */
export async function makePrivateDirectory(path: string, user: OperatingUser | undefined): Promise<void> {
  await makeDirectory(path, 0o700, user?.uid ?? process.getuid?.() ?? 0);
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

async function makeDirectory(path: string, mode: number, owner: number): Promise<void> {
  await mkdir(path, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  const isMine = found.uid === owner || found.uid === process.getuid?.();
  if (!found.isDirectory() || !isMine || (found.mode & 0o022) !== 0)
    throw new PostgresError(
      'not-accessible',
      `${path} exists and is not a folder that only the user with id ${owner} can write to.`,
    );
}

/** @throws PostgresError `not-accessible` when the user that PostgreSQL runs as can't get to the data directory. */
export async function assertReachable(user: OperatingUser | undefined, directory: string): Promise<void> {
  if (await canReach(user, directory)) return;
  throw new PostgresError(
    'not-accessible',
    `the user ${user?.name ?? 'of this process'}, as whom PostgreSQL runs, can't reach the data directory ${directory}. ` +
      'A folder above it is closed to others: choose another one with --data or THIMBLE_DATA ' +
      '(the default for root is /var/lib/thimble), or open the way with chmod o+x.',
  );
}

/** Removes sockets that a killed server left, so that nobody connects to nothing. */
export async function removeStaleSockets(directory: string): Promise<void> {
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) await rm(join(directory, name), { force: true });
}
