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
 * Makes a folder that is only `user`'s (or ours). One that exists must be a real folder of the right owner: in /tmp
 * somebody else could have put it there first.
 *
 * @throws PostgresError `not-accessible`
 */
export async function makePrivateDirectory(path: string, user: OperatingUser | undefined): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  const owner = user?.uid ?? process.getuid?.() ?? 0;
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  const mine = found.uid === owner || found.uid === process.getuid?.();
  if (!found.isDirectory() || !mine)
    throw new PostgresError('not-accessible', `${path} exists and is not a folder of the user with id ${owner}.`);
  if (user !== undefined) await chown(path, user.uid, user.gid);
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
