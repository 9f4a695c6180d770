import { orderOrNull } from './version-position.ts';

/** A package as far as deciding about kernels needs it. */
export interface KernelCandidate {
  readonly name: string;
  readonly version: string;
  readonly scheme: string;
  readonly architecture: string | null;
}

/**
 * `running` the kernel that is loaded now · `next` the one that the next start most likely loads · `leftover` an older one that
 * neither runs nor starts by itself · `not-bootable` headers, tools and metapackages: files, but no kernel.
 */
export type KernelRole = 'running' | 'next' | 'leftover' | 'not-bootable';

export interface KernelFact {
  readonly name: string;
  readonly version: string;
  /** A running kernel that is also the newest one is `running`: nothing waits for a restart. */
  readonly role: KernelRole;
  /** What `uname -r` says when this kernel runs; null: not a bootable one. */
  readonly release: string | null;
}

export interface KernelFacts {
  readonly kernels: readonly KernelFact[];
  /** Whether a newer kernel is installed than the one that runs; null: not known. */
  readonly restartPending: boolean | null;
  /** The running kernel belongs to no installed package: removed, built by hand, or a container's host's. */
  readonly runningUnknown: boolean;
}

/**
 * Which of the installed kernel packages runs, starts next, or is left over. What is installed and what runs are different
 * facts: a patched kernel that waits for a restart does not protect, and an old one on disk does not endanger by itself.
 * `next` is the newest by the package manager's order: boot loaders sort so by default; an administrator's choice in
 * the boot loader is not seen here.
 *
 * @param unameRelease the text of `uname -r`; null: not known (an image, a container)
 */
export function kernelFacts(packages: readonly KernelCandidate[], unameRelease: string | null): KernelFacts {
  const bootable = packages.flatMap((each) => {
    const release = kernelReleaseOf(each);
    return release === null ? [] : [{ each, release }];
  });
  const running = bootable.filter(({ release }) => release === unameRelease);
  // A machine boots kernels of one kind: a cloud kernel beside a generic one is compared with its own kind first.
  const kind = running[0] === undefined ? null : kindOf(running[0].each);
  const sameKind = bootable.filter(({ each }) => kind === null || kindOf(each) === kind);
  const newest = newestOf(sameKind.map(({ each }) => each));
  const roleOf = (each: KernelCandidate, release: string): KernelRole => {
    if (release === unameRelease) return 'running';
    return newest !== null && isSameVersion(each, newest) && sameKind.some((other) => other.each === each)
      ? 'next'
      : 'leftover';
  };
  const kernels = packages.filter(isKernelPackage).map((each): KernelFact => {
    const release = kernelReleaseOf(each);
    const role = release === null ? 'not-bootable' : roleOf(each, release);
    return { name: each.name, version: each.version, role, release };
  });
  const runningUnknown = unameRelease !== null && running.length === 0;
  const restartPending = unameRelease === null || runningUnknown ? null : kernels.some(({ role }) => role === 'next');
  return { kernels, restartPending, runningUnknown };
}

/** Packages of kernels of any kind: images, modules, headers, metapackages. */
export function isKernelPackage({ name, scheme }: Pick<KernelCandidate, 'name' | 'scheme'>): boolean {
  if (scheme === 'deb')
    return /^(linux-(image|modules|headers|libc-dev|kbuild|tools|cpupower)\b|linux-(generic|virtual|aws|azure|gcp|kvm)\b|linux-perf\b)/.test(
      name,
    );
  if (scheme === 'rpm')
    return /^(kernel|kernel-(core|modules|default|uek|rt|lt|ml|64k|headers|devel|tools)\b.*|kernel6\.\d+)$/.test(name);
  if (scheme === 'apk') return /^linux-(lts|virt|edge|rpi)/.test(name);
  return scheme === 'alpm' && /^linux(-lts|-zen|-hardened|-rt)?$/.test(name);
}

/** What `uname -r` says when the package's kernel runs; null: it holds no kernel that boots. */
export function kernelReleaseOf({ name, version, scheme, architecture }: KernelCandidate): string | null {
  switch (scheme) {
    case 'deb':
      // linux-image-6.1.0-37-amd64, linux-image-6.12.107+deb13-amd64, linux-image-unsigned-5.15.0-105-generic; not linux-image-amd64.
      return /^linux-image-(?:unsigned-)?(\d+\.\d+(?!.*-dbg(?:sym)?$).*?)(?:-unsigned)?$/.exec(name)?.[1] ?? null;
    case 'rpm': {
      // The image is in kernel-core since RHEL 8 and Fedora 21, in kernel before, in kernel-default on SUSE.
      if (!/^kernel(-core|-default|-uek(-core)?|-rt-core|-lt|-ml|-64k-core)?$/.test(name)) return null;
      const bare = version.replace(/^\d+:/, '');
      if (name === 'kernel-default') return `${suseRelease(bare)}-default`;
      const variant = name === 'kernel-rt-core' ? '+rt' : name === 'kernel-64k-core' ? '+64k' : '';
      return `${bare}${architecture === null ? '' : `.${architecture}`}${variant}`;
    }
    case 'apk': {
      const flavour = /^linux-(lts|virt|edge|rpi\d?)$/.exec(name)?.[1];
      const parts = /^(\d[\d.]*)-r(\d+)$/.exec(version);
      return flavour === undefined || parts === null ? null : `${parts[1]}-${parts[2]}-${flavour}`;
    }
    case 'alpm': {
      const flavour = /^linux(-lts|-zen|-hardened)?$/.exec(name);
      if (flavour === null) return null;
      // 6.12.1.arch1-1 runs as 6.12.1-arch1-1, 6.6.63-1 of linux-lts as 6.6.63-1-lts.
      return flavour[1] === '-lts'
        ? `${version}-lts`
        : `${version.replace(/\.(arch|zen|hardened)/, '-$1')}${flavour[1] ?? ''}`;
    }
    default:
      return null;
  }
}

/** SUSE's package has a rebuild counter that the kernel's own name has not: 5.14.21-150500.55.83.1 runs as …55.83-default. */
function suseRelease(version: string): string {
  return version.replace(/^([^-]+-.+)\.\d+$/, '$1');
}

/** The package's name without its version: `linux-image-6.1.0-37-cloud-amd64` is of the kind `linux-image-#-cloud-amd64`. */
function kindOf({ name }: KernelCandidate): string {
  return name.replace(/-unsigned\b/, '').replace(/\d+\.\d+[^-]*(-\d+)?/, '#');
}

function newestOf(candidates: readonly KernelCandidate[]): KernelCandidate | null {
  let best: KernelCandidate | null = null;
  for (const each of candidates) {
    if (best === null || orderOrNull(each.scheme, each.version, best.version) === 1) best = each;
  }
  return best;
}

function isSameVersion(a: KernelCandidate, b: KernelCandidate): boolean {
  return orderOrNull(a.scheme, a.version, b.version) === 0;
}
