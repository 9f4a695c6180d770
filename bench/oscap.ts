import { spawnSync } from 'node:child_process';
import { run } from '@thimble/lab';

const PACKAGE = 'openscap-scanner';

export function hasOscap(): boolean {
  return spawnSync('oscap', ['--version']).status === 0;
}

/** Installs OpenSCAP's scanner with this machine's own apt where we may. Only this benchmark needs it; without it there is no peer. */
export async function ensureOscap(say: (line: string) => void): Promise<void> {
  if (hasOscap()) return;
  if (process.getuid?.() !== 0) {
    say(`   oscap is missing and only root can install it: apt-get install ${PACKAGE}`);
    return;
  }
  say(`   installing ${PACKAGE} ...`);
  const env = { ...(process.env as Record<string, string>), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const argv = ['apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=300', 'install', '--no-install-recommends', PACKAGE];
  const { code, stderr } = await run(argv, { env });
  if (code !== 0) say(`   ${PACKAGE} was not installed: ${stderr.trim().slice(-300)}`);
}
