import { readFileSync } from 'node:fs';
import { PostgresError } from './error.ts';
import { runCommand } from './command.ts';

/** The account that PostgreSQL runs under; it refuses to run as root. */
export interface OperatingUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Existing accounts in the order of our liking. None is ever created: that is the administrator's or the package's to do. */
const CANDIDATES = ['thimble', 'postgres', 'nobody'];

/**
 * Whom to drop to, or undefined when we are not root and stay who we are.
 *
 * @throws PostgresError `no-user`
 */
export function chooseUser(
  uid = process.getuid?.() ?? 0,
  passwd = readFileSync('/etc/passwd', 'utf8'),
): OperatingUser | undefined {
  if (uid !== 0) return undefined;
  const accounts = new Map(passwd.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.split(':')]));
  for (const name of CANDIDATES) {
    const [, , userId, groupId] = accounts.get(name) ?? [];
    if (userId !== undefined && groupId !== undefined && Number(userId) > 0)
      return { name, uid: Number(userId), gid: Number(groupId) };
  }
  throw new PostgresError(
    'no-user',
    `PostgreSQL does not run as root and none of the users ${CANDIDATES.join(', ')} exists. ` +
      'Create one (useradd --system thimble), start Thimble as another user, or give --database-url.',
  );
}

/**
 * Words to put before a program so that it runs as `user` and gets `signal` when this process dies, however it dies.
 * Only the kernel can promise that: a handler does not run on kill -9.
 */
export function asUser(user: OperatingUser | undefined, signal?: 'INT' | 'KILL'): readonly string[] {
  const drop = user === undefined ? [] : [`--reuid=${user.name}`, `--regid=${user.gid}`, '--init-groups'];
  const death = signal === undefined ? [] : ['--pdeathsig', signal];
  return ['setpriv', ...drop, ...death, '--'];
}

/** Whether the user can reach and read (or, for a program, run) a path: asked of the kernel, so ACLs count too. */
export async function canReach(user: OperatingUser | undefined, path: string): Promise<boolean> {
  const { status, output } = await runCommand([...asUser(user), 'test', '-r', path, '-a', '-x', path], 10_000);
  if (status === undefined)
    throw new PostgresError('no-tool', `setpriv could not be run (${output}). Install it: apt-get install util-linux.`);
  return status === 0;
}
