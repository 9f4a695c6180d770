export type BaseName = 'web' | 'server' | 'kernel' | 'bullseye';

/**
 * A base root file system. `main` only and nothing newer: its packages are the last point release's, so that the
 * security suite has genuine updates for them. A recipe `on` another one is a layer over it, not a second build.
 */
export type Recipe = {
  readonly name: string;
  readonly suite: string;
  readonly on?: BaseName;
  readonly packages: readonly string[];
  /** Files written before the packages are installed, path → content. */
  readonly files?: Readonly<Record<string, string>>;
};

/** Raise it when the code that builds or finishes a base changes: it is part of the key of each cached base. */
export const RECIPE_VERSION = 4;

const ESSENTIALS = [
  'ca-certificates',
  'systemd-sysv',
  'dbus',
  'iproute2',
  'procps',
  'gpgv',
  'debian-archive-keyring',
  'openssl',
  'curl',
  'openssh-server',
  'sudo',
  'python3-minimal',
];

/** A smaller initramfs, gzip -1: nothing here boots from it, and a kernel update rebuilds it on two slow cores. */
const SMALL_INITRAMFS = 'MODULES=list\nBUSYBOX=n\nCOMPRESS=gzip\nCOMPRESSLEVEL=1\nFSTYPE=ext4\n';

export function recipes(architecture: string): ReadonlyMap<BaseName, Recipe> {
  return new Map<BaseName, Recipe>([
    ['web', { name: 'web', suite: 'bookworm', packages: [...ESSENTIALS, 'nginx-light'] }],
    [
      'server',
      {
        name: 'server',
        suite: 'bookworm',
        on: 'web',
        packages: ['postgresql', 'apache2-bin', 'git', 'rsync', 'bind9-dnsutils', 'unattended-upgrades', 'needrestart'],
      },
    ],
    [
      'kernel',
      {
        name: 'kernel',
        suite: 'bookworm',
        on: 'web',
        packages: [`linux-image-cloud-${architecture}`],
        files: { 'etc/initramfs-tools/initramfs.conf': SMALL_INITRAMFS },
      },
    ],
    ['bullseye', { name: 'bullseye', suite: 'bullseye', packages: [...ESSENTIALS, 'nginx-light'] }],
  ]);
}
