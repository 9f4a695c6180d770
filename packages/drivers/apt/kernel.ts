import type { Gap, Kernel } from '@thimble/protocol';
import { compareVersions, isVersion } from '@thimble/versions';
import type { Host } from '../host.ts';
import type { DpkgPackage } from './dpkg-status.ts';
import { READ_LIMITS } from './limits.ts';

export interface KernelFacts {
  readonly kernel: Kernel;
  readonly gaps: readonly Gap[];
}

/** The real images, not the meta packages that depend on them (`linux-image-amd64`) and not debug symbols. */
const IMAGE = /^linux-image-(?:unsigned-)?(\d.*)$/;

/**
 * @param container whether the kernel is another machine's: then an installed kernel that does not run waits for
 *   nothing, unless the running one is among the installed ones.
 */
export async function readKernel(
  host: Host,
  packages: readonly DpkgPackage[],
  container: boolean,
): Promise<KernelFacts> {
  const [release, build, signature] = await Promise.all([
    firstLine(host, '/proc/sys/kernel/osrelease'),
    firstLine(host, '/proc/sys/kernel/version'),
    firstLine(host, '/proc/version_signature'),
  ]);
  const images = installedImages(packages);
  const gaps: Gap[] = [];
  if (release === null) gaps.push({ what: 'running kernel', why: '/proc/sys/kernel/osrelease can not be read' });
  return { kernel: judgeKernel(release ?? 'unknown', buildVersion(build, signature), images, container), gaps };
}

export interface KernelImage {
  /** As `uname -r` shows it. */
  readonly release: string;
  readonly packageVersion: string;
}

export function installedImages(packages: readonly DpkgPackage[]): readonly KernelImage[] {
  return packages.flatMap((each) => {
    const release = IMAGE.exec(each.name)?.[1];
    if (release === undefined || release.endsWith('-dbg') || each.status === 'half-installed') return [];
    return [{ release, packageVersion: each.version }];
  });
}

export function judgeKernel(
  running: string,
  runningBuild: string | null,
  images: readonly KernelImage[],
  container: boolean,
): Kernel {
  const own = images.find((image) => image.release === running);
  const newest = images.toSorted(compareImages).at(-1) ?? null;
  const foreign = own === undefined && container;
  const runningPackageVersion = runningBuild ?? own?.packageVersion ?? null;
  // The same name may have been installed again with fixes, without a new ABI.
  const otherBuild = newest?.release === running && runningBuild !== null && newest.packageVersion !== runningBuild;
  return {
    running,
    installed: newest?.release ?? null,
    runningPackageVersion,
    installedPackageVersion: newest?.packageVersion ?? null,
    waitsForReboot: newest !== null && !foreign && (newest.release !== running || otherBuild),
  };
}

/** Boot loaders take the highest release name. */
function compareImages(a: KernelImage, b: KernelImage): number {
  const comparable = isVersion('deb', a.release) && isVersion('deb', b.release);
  if (!comparable) return a.release < b.release ? -1 : a.release > b.release ? 1 : 0;
  return compareVersions('deb', a.release, b.release);
}

/** Debian: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-01)`; Ubuntu: `Ubuntu 6.8.0-45.45-generic 6.8.12`. */
export function buildVersion(build: string | null, signature: string | null): string | null {
  const debian = /\bDebian (\S+) \(/.exec(build ?? '')?.[1];
  if (debian !== undefined) return debian;
  return /^Ubuntu (\d+\.\d+\.\d+-\d+\.\d+)\S* /.exec(signature ?? '')?.[1] ?? null;
}

async function firstLine(host: Host, path: string): Promise<string | null> {
  const data = await host.readFile(path, { maxBytes: READ_LIMITS.smallFileBytes });
  return data?.toString('utf8').split('\n')[0]?.trim().slice(0, 512) ?? null;
}
