import type { Gap, Kernel } from '@thimble/protocol';
import { compareVersions, isVersion } from '@thimble/versions';
import type { Host } from '../host.ts';
import type { DpkgPackage } from '../dpkg-status.ts';
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
  const highest = images.toSorted(compareImages).at(-1) ?? null;
  // Another flavour (rt, cloud) of the kernel that runs is no newer one.
  const newest = own !== undefined && highest !== null && compareBases(own, highest) === 0 ? own : highest;
  const foreign = own === undefined && container;
  const runningPackageVersion = runningBuild ?? own?.packageVersion ?? null;
  // The same name may have been installed again with fixes, without a new ABI.
  const otherBuild =
    newest?.release === running && runningBuild !== null && !isBuild(newest.packageVersion, runningBuild);
  return {
    running,
    installed: newest?.release ?? null,
    runningPackageVersion,
    installedPackageVersion: newest?.packageVersion ?? null,
    waitsForReboot: newest !== null && !foreign && (newest.release !== running || otherBuild),
  };
}

/** Ubuntu signs an image anew as `…+1` without building another one. */
function isBuild(packageVersion: string, build: string): boolean {
  return (
    packageVersion === build || (/^\+\d+$/.test(packageVersion.slice(build.length)) && packageVersion.startsWith(build))
  );
}

/** Boot loaders take the highest release name. */
function compareImages(a: KernelImage, b: KernelImage): number {
  return compareReleases(a.release, b.release);
}

/** Without the flavour: `6.1.0-40` of `6.1.0-40-cloud-amd64`. */
function compareBases(a: KernelImage, b: KernelImage): number {
  const base = ({ release }: KernelImage) => release.replace(/(?:-[a-z][a-z0-9]*)+$/, '');
  return compareReleases(base(a), base(b));
}

function compareReleases(a: string, b: string): number {
  const comparable = isVersion('deb', a) && isVersion('deb', b);
  if (!comparable) return a < b ? -1 : a > b ? 1 : 0;
  return compareVersions('deb', a, b);
}

/**
 * Debian: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-01)`; Ubuntu: `Ubuntu 6.8.0-45.45-generic 6.8.12`, on an LTS
 * with a newer kernel `Ubuntu 6.5.0-41.41~22.04.2-generic 6.5.13`.
 */
export function buildVersion(build: string | null, signature: string | null): string | null {
  const debian = /\bDebian (\S+) \(/.exec(build ?? '')?.[1];
  if (debian !== undefined) return debian;
  return /^Ubuntu (\d\S*?)-[a-z][a-z0-9-]* /.exec(signature ?? '')?.[1] ?? null;
}

async function firstLine(host: Host, path: string): Promise<string | null> {
  const data = await host.readFile(path, { maxBytes: READ_LIMITS.smallFileBytes });
  return data?.toString('utf8').split('\n')[0]?.trim().slice(0, 512) ?? null;
}
