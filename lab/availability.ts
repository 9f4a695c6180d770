import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { machineMirror } from './apt-sources.ts';
import { LabError } from './lab-error.ts';

export type LabAvailability = { readonly available: true } | { readonly available: false; readonly why: string };

/** Can this machine run real endpoints? Changes nothing. Missing tools don't count: they can be installed. */
export function labAvailability(): LabAvailability {
  const why = obstacle();
  return why === undefined ? { available: true } : { available: false, why };
}

/** For test files: the same, and says loudly on stderr what is skipped. */
export function labForTests(what: string): LabAvailability {
  const availability = labAvailability();
  if (!availability.available) process.stderr.write(`\n!!! SKIPPED: ${what}: ${availability.why} !!!\n\n`);
  return availability;
}

function obstacle(): string | undefined {
  if (process.platform !== 'linux') return `real endpoints need Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'real endpoints need root (namespaces, overlay mounts)';
  if (!existsSync('/usr/bin/apt-get')) return 'real endpoints are built with apt, which this machine does not have';
  try {
    machineMirror();
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
  if (!/\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8')) && !succeeds(['modprobe', 'overlay'])) {
    return 'this kernel has no overlayfs';
  }
  const namespaces = ['unshare', '--mount', '--net', '--pid', '--uts', '--ipc', '--cgroup', '--fork'];
  if (!succeeds([...namespaces, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])) {
    return 'namespaces and mounts are not allowed here (a container without CAP_SYS_ADMIN?)';
  }
  return undefined;
}

function succeeds(argv: readonly string[]): boolean {
  const [file = '', ...rest] = argv;
  return spawnSync(file, rest, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
