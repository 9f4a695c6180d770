import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { createLocalHost, detectDriver } from '@thimble/drivers';
import type { ReadGap } from '@thimble/sbom';
import { makePlace, patchPlace } from '../../patch/place.ts';
import type { Cli } from '../../cli.ts';
import { lookAtRoot, openRoot, operatingSystemOf } from './look-at-root.ts';
import type { Seen, SeenPackage } from './seen.ts';

/**
 * This machine. Its own package manager says besides from which repository each package comes, so that a third party's
 * package is not taken for the distribution's.
 */
export async function lookAtMachine(cli: Cli): Promise<Seen> {
  await using tree = await openRoot('/');
  const root = await lookAtRoot(tree);
  const known = await packagesWithOrigins(cli);
  return {
    subject: { name: hostname(), version: root.os === null ? '' : `${root.os.id} ${root.os.versionId}` },
    os: root.os ?? (await operatingSystem()),
    packages: known?.packages ?? root.packages,
    components: [],
    gaps: [...root.gaps, ...(known?.gaps ?? [])],
    kernelRelease: release(),
  };
}

async function packagesWithOrigins(
  cli: Cli,
): Promise<{ readonly packages: readonly SeenPackage[]; readonly gaps: readonly ReadGap[] } | null> {
  const host = createLocalHost();
  const place = patchPlace(cli);
  const driver = await detectDriver(host);
  if (driver === null) return null;
  await makePlace(host, place);
  const { manifest, gaps } = await driver.inventory(host, place.workspace);
  return {
    packages: manifest.packages.map(({ name, version, architecture, source, sourceVersion, origin }) => ({
      name,
      version,
      architecture,
      source: { name: source, version: sourceVersion },
      origin,
      vendor: null,
      module: null,
    })),
    gaps,
  };
}

async function operatingSystem() {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => null);
  return text === null ? null : operatingSystemOf(text);
}
