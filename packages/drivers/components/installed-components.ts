import { dirname } from 'node:path';
import { LIMITS, type ManifestComponent } from '@thimble/protocol';
import type { ReadGap } from '@thimble/sbom';
import type { Driver, Workspace } from '../driver.ts';
import { type Host, HostError } from '../host.ts';
import { containerSoftware } from './container-software.ts';
import { readFolderMemory } from './folder-memory.ts';
import { findInstalledSoftware } from './installed-software.ts';
import { plainLabel } from './plain-label.ts';
import { DEFAULT_SOFTWARE_FOLDERS } from './software-places.ts';

/** As many as the protocol lets a manifest hold of each kind. */
const COMPONENTS_MAX = LIMITS.packagesPerManifest;
const LOCATIONS_KEPT = 8;

export interface InstalledComponents {
  /** As a manifest wants them: sorted by purl, then place, each once. */
  readonly components: readonly ManifestComponent[];
  readonly gaps: readonly ReadGap[];
}

/**
 * Software on this machine that its package manager does not know: language packages below the folders, and the packages
 * of containers that run. Costs a look at every folder; of what did not change since the last time, only its time.
 *
 * @param folders absolute; without it DEFAULT_SOFTWARE_FOLDERS.
 * @returns null: the host's files can't be looked through.
 */
export async function installedComponents(
  host: Host,
  driver: Driver,
  workspace: Workspace,
  folders: readonly string[] = DEFAULT_SOFTWARE_FOLDERS,
): Promise<InstalledComponents | null> {
  await using whole = await host.tree('/');
  if (whole === null) return null;
  const file = `${workspace.directory}/software-folders.json`;
  const memory = await readFolderMemory(host, file);
  const found = await findInstalledSoftware(host, folders, memory);
  const gaps = [...found.gaps];
  // Without it the next look costs more; what was found holds all the same.
  await host.writeFile(file, memory.toString()).catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error;
  });
  const owned = await ownedOrGap(host, driver, [...found.files.keys()], gaps);
  const containers = await containerSoftware(host);
  const components = merged([...onHost(found.files, owned), ...containers.components]);
  if (components.length > COMPONENTS_MAX)
    gaps.push({ what: 'components', why: `there are ${components.length}; only ${COMPONENTS_MAX} are reported` });
  return {
    components: components.slice(0, COMPONENTS_MAX),
    gaps: [...gaps, ...containers.gaps].map(({ what, why }) => ({ what: plainLabel(what), why: plainLabel(why) })),
  };
}

/** The advisories of whoever made the package speak of its files; the ecosystem's own would cry wolf. */
async function ownedOrGap(
  host: Host,
  driver: Driver,
  paths: readonly string[],
  gaps: ReadGap[],
): Promise<ReadonlySet<string>> {
  try {
    return (await driver.ownedFiles?.(host, paths)) ?? new Set();
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    gaps.push({ what: 'components', why: `which of them the system's packages own is unknown: ${error.message}` });
    return new Set();
  }
}

function* onHost(
  files: ReadonlyMap<string, readonly string[]>,
  owned: ReadonlySet<string>,
): Generator<ManifestComponent> {
  for (const [file, purls] of files) {
    if (owned.has(file)) continue;
    const folder = dirname(file);
    // Python's own folder of records says less than where the package is.
    const location = plainLabel(/\.(?:dist|egg)-info$/.test(folder) ? dirname(folder) : folder);
    for (const purl of purls) yield { purl, place: 'host', locations: [location] };
  }
}

/** What a manifest's purl may consist of; and no signs, even written as %00, that no name has. */
const WRITABLE = /^pkg:[\x21-\x7e]{1,1020}$/;
const CONTROL = /%(?:[01][0-9a-f]|7f)/i;

function merged(components: Iterable<ManifestComponent>): ManifestComponent[] {
  const byKey = new Map<string, { readonly component: ManifestComponent; readonly locations: Set<string> }>();
  for (const component of components) {
    const { purl, place, locations } = component;
    if (!WRITABLE.test(purl) || CONTROL.test(purl)) continue;
    const key = `${purl}\0${place}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { component, locations: new Set(locations) });
    else for (const each of locations) known.locations.add(each);
  }
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { component, locations }]) => ({
      ...component,
      locations: [...locations].sort().slice(0, LOCATIONS_KEPT),
    }));
}
