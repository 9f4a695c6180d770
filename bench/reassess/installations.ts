import type { InstalledPackage, PackageOrigin } from '@thimble/protocol';
import { seededRandom } from '../fleet/documents.ts';
import type { Line, ReleaseLines } from './catalogue.ts';

/** A distinct list of packages, as places in `Installations.packages`. */
export interface Installation {
  readonly release: ReleaseLines;
  readonly packages: Int32Array;
  readonly kernel: string;
}

export interface Installations {
  readonly packages: readonly InstalledPackage[];
  readonly lists: readonly Installation[];
}

/** Of the packages of an installation, at most this share waits for an update; how many is different on each. */
const BEHIND = 0.3;
/** How much more the popular packages are chosen: the place is a random number to this power. */
const SKEW = 3;
const ORIGIN: PackageOrigin = {
  origin: 'Debian',
  label: 'Debian',
  suite: 'stable',
  codename: 'bookworm',
  component: 'main',
};

/** Distinct lists of about `size` packages each: the base, one kernel, and others of which some are popular. */
export function makeInstallations(
  catalogue: readonly ReleaseLines[],
  options: { readonly count: number; readonly size: number; readonly seed: number },
): Installations {
  const random = seededRandom(options.seed);
  const packages: InstalledPackage[] = [];
  const places = new Map<string, number>();
  const placeOf = (release: ReleaseLines, line: Line, version: string, kernel: string | null): number => {
    const name = kernel === null ? line.name : `linux-image-${kernel}`;
    const key = `${release.codename} ${name} ${version}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, packages.length);
    return packages.push(installed(release, line, name, version)) - 1;
  };
  const lists = Array.from({ length: options.count }, (): Installation => {
    const release = chooseRelease(catalogue, random());
    const behind = random() * BEHIND;
    const own = new Set<number>();
    const choose = (line: Line): string | null => {
      const last = line.versions.length - 1;
      const at = random() < behind ? Math.floor(random() * (last + 1)) : last;
      const version = line.versions[at];
      if (version === undefined) return null;
      const kernel = line.kernels?.[at] ?? null;
      own.add(placeOf(release, line, version, kernel));
      return kernel;
    };
    const kernel = choose(release.kernel) ?? '';
    for (const line of release.base) choose(line);
    const taken = new Set<number>();
    while (own.size < options.size && taken.size < release.others.length) {
      const at = Math.floor(release.others.length * random() ** SKEW);
      const line = release.others[at];
      if (line === undefined || taken.has(at)) continue;
      taken.add(at);
      choose(line);
    }
    return { release, packages: Int32Array.from(own).sort(), kernel };
  });
  return { packages, lists };
}

function chooseRelease(catalogue: readonly ReleaseLines[], chance: number): ReleaseLines {
  const whole = catalogue.reduce((sum, { share }) => sum + share, 0);
  let left = chance * whole;
  for (const release of catalogue) {
    left -= release.share;
    if (left < 0) return release;
  }
  throw new RangeError('there is no release to choose');
}

function installed({ codename }: ReleaseLines, line: Line, name: string, version: string): InstalledPackage {
  return {
    name,
    architecture: 'amd64',
    version,
    source: line.source,
    sourceVersion: line.kernels === null ? version : version.replace('-', '+'),
    status: 'installed',
    automatic: false,
    held: false,
    origin: { ...ORIGIN, codename },
  };
}
