import { readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { runCommand } from './command.ts';
import { makePrivateDirectory } from './directories.ts';
import { PostgresError } from './error.ts';
import { type OperatingUser, asUser } from './operating-user.ts';

/** initdb takes 1.5 s on a small machine; slow disks are allowed for. */
const INITDB_DEADLINE_MS = 180_000;

/** Role that owns everything; only who can open the socket's folder can be it. */
export const DATABASE_ROLE = 'thimble';

/** The major version that a data directory belongs to, undefined when there is none yet. */
export async function existingMajor(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/**
 * Makes a new database cluster. It is built under another name and renamed when whole, so that a kill in the middle
 * leaves nothing that looks like data.
 *
 * @throws PostgresError `initdb-failed`
 */
export async function initialise(
  binaries: Binaries,
  directory: string,
  user: OperatingUser | undefined,
): Promise<void> {
  const draft = `${directory}.new`;
  // C.UTF-8 sorts by code point on every machine, so no index depends on a C library's collation tables.
  let failure = '';
  for (const locale of ['C.UTF-8', 'C']) {
    await rm(draft, { recursive: true, force: true });
    await makePrivateDirectory(draft, user);
    const { status, output } = await runCommand(
      [
        ...asUser(user, 'KILL'),
        join(binaries.bin, 'initdb'),
        `--pgdata=${draft}`,
        '--encoding=UTF8',
        `--locale=${locale}`,
        `--username=${DATABASE_ROLE}`,
        '--auth-local=trust',
        '--auth-host=reject',
        '--data-checksums',
        '--no-instructions',
      ],
      INITDB_DEADLINE_MS,
    );
    if (status === 0) {
      await rename(draft, directory);
      return;
    }
    failure = output;
  }
  await rm(draft, { recursive: true, force: true });
  throw new PostgresError('initdb-failed', `initdb in ${dirname(directory)} failed: ${failure}`);
}
