import { existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { RUN_FOLDER } from './folders.ts';
import { LabError } from './lab-error.ts';
import { runOrThrow } from './run.ts';

/** Command → the Debian package that brings it. */
const TOOLS: ReadonlyMap<string, string> = new Map([
  ['mmdebstrap', 'mmdebstrap'],
  ['systemd-nspawn', 'systemd-container'],
  ['ip', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['gpgv', 'gpgv'],
  ['gpg', 'gpg'],
  ['gpg-agent', 'gpg-agent'],
  ['dpkg-deb', 'dpkg'],
  ['xz', 'xz-utils'],
  ['tar', 'tar'],
  // Its verdicts are held against ours.
  ['debsecan', 'debsecan'],
]);

/** Another apt may be at work on a fresh machine (its own first-boot updates). */
const APT_LOCK_WAIT_SECONDS = 300;
/** Older package lists name files that the mirror has no more. */
const LISTS_MAX_AGE_MS = 24 * 3600 * 1000;

/** Packages that the lab needs, or these other commands do, and this machine does not have. */
export function missingTools(path = process.env['PATH'] ?? '', tools = TOOLS): readonly string[] {
  const folders = [...path.split(delimiter), '/usr/sbin', '/sbin'];
  const missing = [...tools].filter(([command]) => !folders.some((folder) => existsSync(join(folder, command))));
  return missing.map(([, debianPackage]) => debianPackage);
}

/**
 * Installs what is missing with the machine's own apt. Two processes that start together don't race.
 *
 * @param tools command → the Debian package that brings it; the lab's own, if not given
 */
export async function ensureTools(tools = TOOLS): Promise<void> {
  const missing = (): readonly string[] => missingTools(undefined, tools);
  if (missing().length === 0) return;
  await withFileLock(join(RUN_FOLDER, 'tools.lock'), async () => {
    const packages = missing();
    if (packages.length === 0) return;
    const environment = { ...definedEnvironment(), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
    const wait = ['-o', `DPkg::Lock::Timeout=${APT_LOCK_WAIT_SECONDS}`];
    if (listsAreOld()) await runOrThrow(['apt-get', '-q', ...wait, 'update'], { env: environment });
    const install = ['apt-get', '-q', '-y', ...wait, 'install', '--no-install-recommends', ...packages];
    await runOrThrow(install, { env: environment });
    const still = missing();
    if (still.length > 0) throw new LabError('tools-missing', `still missing after apt-get: ${still.join(', ')}`);
  });
}

function listsAreOld(folder = '/var/lib/apt/lists'): boolean {
  if (!existsSync(folder)) return true;
  const times = readdirSync(folder)
    .filter((name) => name.includes('Release'))
    .map((name) => statSync(join(folder, name)));
  // apt sets a list's mtime to the server's; the change time is when it came.
  return times.length === 0 || Date.now() - Math.max(...times.map((stat) => stat.ctimeMs)) > LISTS_MAX_AGE_MS;
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
