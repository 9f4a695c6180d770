import type { ManifestComponent } from '@thimble/protocol';
import type { ReadGap } from '@thimble/sbom';
import type { FileTree } from '../file-tree.ts';
import { type Host, HostError } from '../host.ts';
import { type ContainerRoot, containerRoots } from './container-roots.ts';
import { distributionPurl } from './distribution-purl.ts';
import { plainLabel } from './plain-label.ts';
import { systemOfTree } from './system-of-tree.ts';

/** All of Debian has 65,000 packages; an image has hundreds. */
const PACKAGES_MAX = 50_000;
const GAPS_MAX = 20;
const SMALL_FILE_BYTES = 65_536;

export interface ContainerSoftware {
  readonly components: readonly ManifestComponent[];
  readonly gaps: readonly ReadGap[];
}

/** The distributions' packages in containers that run here, by their own databases. */
export async function containerSoftware(host: Host): Promise<ContainerSoftware> {
  const { roots, gaps } = await containerRoots(host);
  const found: ContainerSoftware[] = [{ components: [], gaps }];
  let count = 0;
  for (const root of roots) {
    const one = await lookInto(host, root, PACKAGES_MAX - count);
    count += one.components.length;
    found.push(one);
  }
  return {
    components: found.flatMap(({ components }) => components),
    gaps: found.flatMap((one) => one.gaps).slice(0, GAPS_MAX),
  };
}

async function lookInto(host: Host, root: ContainerRoot, mostPackages: number): Promise<ContainerSoftware> {
  try {
    await using tree = await host.tree(`/proc/${root.pid}/root`);
    // Ended meanwhile.
    if (tree === null) return { components: [], gaps: [] };
    const label = (await labelOf(host, tree, root)) ?? plainLabel(`root of ${root.command}`);
    const { release, packages, gaps } = await systemOfTree(tree);
    const told = gaps.map(({ what, why }) => ({
      what: plainLabel(`container ${label}: ${what}`),
      why: plainLabel(why),
    }));
    if (packages.length === 0) {
      // Services lock themselves into empty folders; that holds no software.
      if (!root.hasNamespaces || gaps.length > 0) return { components: [], gaps: told };
      const why = 'no package database that is known is in it: its software was not looked at';
      return { components: [], gaps: [{ what: `container ${label}`, why }] };
    }
    if (release === null || release.id === 'linux') {
      const why = `it does not say which system it is (os-release), so its ${packages.length} packages can't be assessed`;
      return { components: [], gaps: [...told, { what: `container ${label}`, why }] };
    }
    const components: ManifestComponent[] = [];
    let unwritable = 0;
    for (const { format, ...each } of packages) {
      const purl = distributionPurl(format, release, each);
      if (purl === null) unwritable += 1;
      else if (components.length < mostPackages) components.push({ purl, place: 'container', locations: [label] });
    }
    const left = packages.length - unwritable - components.length;
    if (unwritable > 0)
      told.push({
        what: `container ${label}`,
        why: `${unwritable} packages have names or versions that none can have`,
      });
    if (left > 0) told.push({ what: `container ${label}`, why: `${left} packages are left out: there are too many` });
    return { components, gaps: told };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const why = `it can not be looked into (${error.code})`;
    return { components: [], gaps: [{ what: plainLabel(`container: root of ${root.command}`), why }] };
  }
}

/** The name that people gave it, else its machine name, else its host name. */
async function labelOf(host: Host, tree: FileTree, { name, engineId }: ContainerRoot): Promise<string | null> {
  const given = engineId === null ? null : await nameInDocker(host, engineId);
  if (given !== null) return given;
  if (name !== null) return plainLabel(name);
  const hostname = await tree.read('etc/hostname', SMALL_FILE_BYTES).catch(() => null);
  const text = plainLabel(hostname?.toString('utf8') ?? '').slice(0, 64);
  return text === '' ? null : text;
}

/** Docker's own record of a container. Its name and image outlive the id, which is new with each start of a container. */
async function nameInDocker(host: Host, engineId: string): Promise<string | null> {
  const place = `/var/lib/docker/containers/${engineId}/config.v2.json`;
  try {
    const bytes = await host.readFile(place, { maxBytes: 4 * 1024 * 1024 });
    const record = JSON.parse(bytes?.toString('utf8') ?? 'null') as {
      Name?: unknown;
      Config?: { Image?: unknown };
    } | null;
    if (typeof record?.Name !== 'string') return null;
    const image = typeof record.Config?.Image === 'string' ? ` (${record.Config.Image})` : '';
    return plainLabel(`${record.Name.replace(/^\//, '')}${image}`);
  } catch {
    // Docker's files are its own business: the id says enough.
    return null;
  }
}
