import type { Gap } from '@thimble/protocol';

/** What a clone makes of a place that is a mount of its own on the machine. */
export interface Place {
  /** `layer`: copy-on-write like the root. `empty`: a fresh folder in its stead. */
  readonly kind: 'layer' | 'empty';
  readonly path: string;
  /** Mount options that decide what works there, `ro,noexec`; never empty. */
  readonly flags: string;
}

export interface Places {
  /** Outer before inner. */
  readonly places: readonly Place[];
  readonly gaps: readonly Gap[];
}

/** File systems of disks: the lower half of an overlay. tmpfs is one too (`/var/tmp` in memory). */
const CLONED = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'f2fs',
  'jfs',
  'reiserfs',
  'bcachefs',
  'zfs',
  'tmpfs',
  'vfat',
  'exfat',
]);
/** What would fail on the machine has to fail in the clone. */
const FLAGS = new Set(['ro', 'noexec', 'nosuid', 'nodev']);
/** The clone has its own. */
const OWN = ['/proc', '/sys', '/dev', '/run', '/tmp'];
/** Roots of containers and images of snaps: no package of the machine has files there. */
const CONTAINERS = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/kubelet', '/snap'];
/** More are a container engine's, which the clone needs none of. */
const PLACES_MAX = 200;

/**
 * From /proc/PID/mountinfo (proc_pid_mountinfo(5)): an overlay of `/` does not show what is mounted below, so each file system gets one of
 * its own. Others (network, FUSE) are not there in the clone, which is a gap.
 *
 * @param hidden folders whose copy would be worth nothing, with the reason.
 */
export function placesOf(mountinfo: string, hidden: ReadonlyMap<string, string>): Places {
  const gaps: Gap[] = [...hidden].map(([what, why]) => ({ what, why }));
  const byPath = new Map<string, { readonly type: string; readonly flags: string }>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , , point = '', options = ''] = before.split(' ');
    const path = unescapeOctal(point);
    const flags = options.split(',').filter((option) => FLAGS.has(option));
    const type = after.split(' ')[0] ?? '';
    // What is mounted later on the same path covers what was there.
    if (path.startsWith('/') && path !== '/') byPath.set(path, { type, flags: flags.join(',') || 'rw' });
  }
  const places: Place[] = [...hidden.keys()].map((path) => ({ kind: 'empty', path, flags: 'rw' }));
  for (const [path, { type, flags }] of byPath) {
    if ([...OWN, ...CONTAINERS, ...hidden.keys()].some((own) => path === own || path.startsWith(`${own}/`))) continue;
    if (!CLONED.has(type)) {
      if (type !== 'autofs') gaps.push({ what: path.slice(0, 512), why: `${type} is not in the clone` });
    } else if (/[:,\\\n]/.test(path)) {
      gaps.push({ what: path.slice(0, 512), why: 'a path like this can be no layer of an overlay' });
    } else places.push({ kind: 'layer', path, flags });
  }
  if (places.length > PLACES_MAX)
    gaps.push({ what: 'mounts', why: `only ${PLACES_MAX} of ${places.length} are in the clone` });
  const ordered = places.toSorted((a, b) => depth(a.path) - depth(b.path)).slice(0, PLACES_MAX);
  return { places: ordered, gaps };
}

function depth(path: string): number {
  return path.split('/').length;
}

/** Blank, tab, newline and backslash are written as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
