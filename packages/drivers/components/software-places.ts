import type { FileKind } from '../host.ts';

/** What a folder is for whoever looks for installed language packages: it decides where to go from it. */
export type FolderRole =
  /** Any: everything below is looked at. */
  | 'open'
  /** `node_modules`, or a scope (`@types`) in one. */
  | 'modules'
  /** pnpm's `node_modules/.pnpm`: a folder for each version, with a `node_modules` in it. */
  | 'store'
  /** One package in `node_modules`: of it only its description and its own `node_modules`. */
  | 'module'
  /** `site-packages`, `dist-packages` (Python). */
  | 'site'
  /** `NAME.dist-info`, `NAME.egg-info` (Python, PEP 376). */
  | 'metadata'
  /** `specifications`: a file for each gem (Ruby). */
  | 'gems';

/** Where services' software lies besides the distribution's own. People's homes are left out: `/home` can be named. */
export const DEFAULT_SOFTWARE_FOLDERS: readonly string[] = [
  '/usr/local',
  '/usr/lib/node_modules',
  '/opt',
  '/srv',
  '/var/www',
  '/var/lib',
];

/** Other systems' roots (containers, machines, snaps), and what is large and never software of this one. */
const NEVER_ENTERED: ReadonlySet<string> = new Set(
  [
    'docker containers containerd kubelet rancher k0s lxc lxd incus machines portables snapd flatpak libvirt',
    'dpkg apt aptitude systemd thimble-agent thimble postgresql mysql',
  ]
    .join(' ')
    .split(' ')
    .map((name) => `/var/lib/${name}`),
);
/** Sources' history, and npm's cache of what may never have been installed. */
const SKIPPED_NAMES: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '_cacache']);

/** Null: nothing in that folder is looked for. @param place its absolute path. */
export function roleOf(parent: FolderRole, name: string, place: string): FolderRole | null {
  if (SKIPPED_NAMES.has(name)) return null;
  switch (parent) {
    case 'open':
      return NEVER_ENTERED.has(place) ? null : (NAMED.get(name) ?? 'open');
    case 'modules':
      if (name === '.pnpm') return 'store';
      return name.startsWith('@') ? 'modules' : name.startsWith('.') ? null : 'module';
    case 'store':
      return 'module';
    case 'module':
      return name === 'node_modules' ? 'modules' : null;
    case 'site':
      return /\.(?:dist|egg)-info$/.test(name) ? 'metadata' : null;
    case 'gems':
      return name === 'default' ? 'gems' : null;
    case 'metadata':
      return null;
    default:
      return parent satisfies never;
  }
}

const NAMED: ReadonlyMap<string, FolderRole> = new Map([
  ['node_modules', 'modules'],
  ['site-packages', 'site'],
  ['dist-packages', 'site'],
  ['specifications', 'gems'],
]);

/** Entries that are looked for by name, where the folder's whole list is not needed. */
export const KNOWN_ENTRIES: ReadonlyMap<FolderRole, readonly string[]> = new Map([
  ['module', ['node_modules', 'package.json']],
]);

/** Whether a file in a folder states an installed package. */
export function statesPackage(parent: FolderRole, name: string, place: string, kind: FileKind): boolean {
  if (kind !== 'file') return false;
  switch (parent) {
    case 'module':
      return name === 'package.json';
    case 'site':
      return name.endsWith('.egg-info');
    case 'metadata':
      return name === 'METADATA' || name === 'PKG-INFO';
    case 'gems':
      return name.endsWith('.gemspec');
    case 'open':
      return name === 'installed.json' && place.endsWith('/vendor/composer/installed.json');
    case 'modules':
    case 'store':
      return false;
    default:
      return parent satisfies never;
  }
}

/** Readers of `@thimble/sbom` for what is installed; a lock file only says what somebody wanted. */
export const INSTALLED_READERS: ReadonlySet<string> = new Set([
  'npm/installed',
  'python/metadata',
  'rubygems/installed',
  'composer/composer-lock',
]);
