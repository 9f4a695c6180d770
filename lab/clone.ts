import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountOverlay, overlayFolders } from './overlay.ts';
import { runOrThrow } from './run.ts';

/** The names under which an endpoint finds this machine; there is no DNS in the lab. */
export const LAB_HOST = 'lab-host';
export const MIRROR_HOST = 'mirror.lab';

/** A copy-on-write root with an identity of its own: name, machine id, ssh host key. */
export async function cloneRoot(
  folder: string,
  lowers: readonly string[],
  name: string,
  gateway: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await mountOverlay(folder, lowers);
  const { root } = overlayFolders(folder);
  writeFileSync(join(root, 'etc/hostname'), `${name}\n`);
  const hosts = ['127.0.0.1 localhost', `127.0.1.1 ${name}`, `${gateway} ${LAB_HOST} ${MIRROR_HOST}`];
  writeFileSync(join(root, 'etc/hosts'), `${hosts.join('\n')}\n`);
  rmSync(join(root, 'var/lib/dbus/machine-id'), { force: true });
  writeFileSync(join(root, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
  if (existsSync(join(root, 'usr/bin/ssh-keygen'))) {
    rmSync(join(root, 'etc/ssh/ssh_host_ed25519_key'), { force: true });
    // Not `ssh-keygen -A`: RSA keys take longer than the whole clone.
    const key = ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', '/etc/ssh/ssh_host_ed25519_key'];
    await runOrThrow(['chroot', root, 'ssh-keygen', ...key]);
  }
}
