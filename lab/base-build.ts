import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MachineMirror } from './apt-sources.ts';
import { mountOverlay, overlayFolders, unmountBelow } from './overlay.ts';
import type { Recipe } from './recipes.ts';
import { KERNEL_UNIT_FILES } from './running-kernel.ts';
import { runOrThrow } from './run.ts';

/**
 * Timers would race with the tests for dpkg's lock; there is no console to log in at; the link is up before pid 1
 * starts, so nobody has to wait for it.
 */
const MASKED_UNITS = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'apt-listchanges.timer',
  'man-db.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'console-getty.service',
  'getty@tty1.service',
  'systemd-networkd-wait-online.service',
];

/** A whole root out of nothing. Gives the folder that holds it. */
export async function buildFirst(recipe: Recipe, mirror: MachineMirror, folder: string): Promise<string> {
  const root = join(folder, 'root');
  // No dpkg path-exclude: mmdebstrap then filters each path itself, three times slower.
  await runOrThrow([
    'mmdebstrap',
    '--mode=root',
    '--variant=apt',
    '--skip=cleanup/apt',
    '--dpkgopt=force-unsafe-io',
    // The archive's main suites of older releases have expired by design.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--aptopt=Acquire::Languages "none"',
    `--include=${recipe.packages.join(',')}`,
    recipe.suite,
    root,
    sourceLine(recipe, mirror),
  ]);
  rmSync(join(root, 'etc/apt/apt.conf.d/99mmdebstrap'), { force: true });
  for (const unit of MASKED_UNITS) symlinkSync('/dev/null', join(root, 'etc/systemd/system', unit));
  for (const [path, content] of Object.entries(KERNEL_UNIT_FILES)) writeInto(root, path, content);
  // Translated descriptions are most of what `apt-get update` would download and nothing here reads them.
  writeInto(root, 'etc/apt/apt.conf.d/20lab', 'Acquire::Languages "none";\n');
  mkdirSync(join(root, 'etc/systemd/system/sysinit.target.wants'), { recursive: true });
  symlinkSync('../lab-kernel.service', join(root, 'etc/systemd/system/sysinit.target.wants/lab-kernel.service'));
  finish(root);
  return root;
}

/** The recipe's packages installed over a clone of its parent. Gives the folder of the difference. */
export async function buildLayer(
  recipe: Recipe,
  mirror: MachineMirror,
  folder: string,
  lowers: readonly string[],
): Promise<string> {
  await mountOverlay(folder, lowers);
  const { root, upper } = overlayFolders(folder);
  for (const [path, content] of Object.entries(recipe.files ?? {})) writeInto(root, path, content);
  writeInto(root, 'etc/apt/sources.list', `${sourceLine(recipe, mirror)}\n`);
  // Services start when a clone boots, not while its base is made (policy-rc.d(8): 101 = action forbidden).
  writeInto(root, 'usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755);
  await runOrThrow(
    [
      'unshare',
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      '--fork',
      '--kill-child',
      'sh',
      '-ec',
      INSTALL,
      'sh',
      root,
      ...recipe.packages,
    ],
    {
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: '/root',
        LC_ALL: 'C.UTF-8',
        DEBIAN_FRONTEND: 'noninteractive',
      },
    },
  );
  rmSync(join(root, 'usr/sbin/policy-rc.d'));
  finish(root);
  await unmountBelow(root);
  return upper;
}

/** $1: the root; the rest: packages. The machine's own resolver and hosts serve while apt downloads. */
const INSTALL = `
root=$1; shift
mount -t proc proc "$root/proc"
for file in resolv.conf hosts; do : >> "$root/etc/$file"; mount --bind "/etc/$file" "$root/etc/$file"; done
apt() { chroot "$root" apt-get -q -y -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none "$@"; }
apt -o APT::Update::Error-Mode=any update
apt -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
`;

/** What must not be the same on all clones, and what would name the mirror that the base came from. */
function finish(root: string): void {
  const lists = join(root, 'var/lib/apt/lists');
  for (const name of readdirSync(lists)) rmSync(join(lists, name), { recursive: true });
  const archives = join(root, 'var/cache/apt/archives');
  for (const name of readdirSync(archives)) if (name.endsWith('.deb')) rmSync(join(archives, name));
  for (const cache of ['pkgcache.bin', 'srcpkgcache.bin']) rmSync(join(root, 'var/cache/apt', cache), { force: true });
  for (const name of readdirSync(join(root, 'etc/ssh'))) {
    if (name.startsWith('ssh_host_')) rmSync(join(root, 'etc/ssh', name));
  }
  rmSync(join(root, 'etc/resolv.conf'), { force: true });
  writeInto(root, 'etc/resolv.conf', '');
  writeInto(root, 'etc/machine-id', '');
  writeInto(root, 'etc/hostname', 'base\n');
  writeInto(root, 'etc/apt/sources.list', '# an endpoint of the lab has no source until it is given one\n');
}

function sourceLine(recipe: Recipe, mirror: MachineMirror): string {
  return `deb [signed-by=${mirror.keyring}] ${mirror.archiveUrl} ${recipe.suite} main`;
}

function writeInto(root: string, path: string, content: string, mode = 0o644): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
}
