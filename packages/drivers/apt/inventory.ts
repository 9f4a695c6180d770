import type { Gap, InstalledPackage, Manifest } from '@thimble/protocol';
import type { Inventory, Workspace } from '../driver.ts';
import { HostError, type Host } from '../host.ts';
import { readInstalled } from './installed.ts';
import { originKey, readOrigins, type Origins } from './origins.ts';
import { readOsRelease } from '../os-release.ts';
import { prepareWorkspace } from './workspace.ts';

/** Everything that dpkg knows to be there, and where it came from. */
export async function inventory(host: Host, workspace: Workspace): Promise<Inventory> {
  const [installed, release] = await Promise.all([readInstalled(host), readOsRelease(host)]);
  const { origins, gaps } = await originsOrGap(host, workspace, installed);
  const packages = installed.packages.map((each): InstalledPackage => {
    const position = origins.packages[originKey(each)];
    return {
      name: each.name,
      architecture: each.architecture,
      version: each.version,
      source: each.source,
      sourceVersion: each.sourceVersion,
      status: each.status,
      automatic: installed.isAutomatic(each),
      held: each.held,
      origin: (position === undefined ? null : origins.origins[position]) ?? null,
    };
  });
  const manifest: Manifest = {
    format: 1,
    scheme: 'deb',
    distribution: { id: release.id, versionId: release.versionId, codename: release.codename },
    architecture: installed.native,
    packages,
  };
  return { manifest, gaps: [...installed.problems.map((why) => ({ what: 'dpkg status', why })), ...gaps] };
}

const NONE: Origins = { origins: [], packages: {}, gaps: [] };

async function originsOrGap(
  host: Host,
  workspace: Workspace,
  installed: Awaited<ReturnType<typeof readInstalled>>,
): Promise<{ origins: Origins; gaps: readonly Gap[] }> {
  try {
    const origins = await readOrigins(host, await prepareWorkspace(host, workspace), installed);
    return { origins, gaps: origins.gaps };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { origins: NONE, gaps: [{ what: 'origins', why: error.message.slice(0, 2000) }] };
  }
}
