import { createLocalHost, type FileTree, type OsRelease, parseOsRelease, systemOfTree } from '@thimble/drivers';
import type { InstalledSoftware, ReadGap } from '@thimble/sbom';
import type { OperatingSystem } from '@thimble/advisories';
import { CliError } from '../../cli-error.ts';
import type { SeenPackage } from './seen.ts';

export interface SeenSystem {
  readonly os: OperatingSystem | null;
  readonly packages: readonly SeenPackage[];
  readonly gaps: readonly ReadGap[];
}

/** @throws CliError `no-such-folder` */
export async function openRoot(directory: string): Promise<FileTree> {
  const tree = await createLocalHost().tree(directory);
  if (tree === null) throw new CliError('no-such-folder', `${directory} is not there or can not be read`);
  return tree;
}

/** The operating system of a root folder, and what its package databases say. */
export async function lookAtRoot(tree: FileTree): Promise<SeenSystem> {
  const { release, packages, gaps } = await systemOfTree(tree);
  return { os: release === null ? null : systemNamed(release), packages: packages.map(seenPackage), gaps };
}

export function operatingSystemOf(osRelease: string): OperatingSystem {
  return systemNamed(parseOsRelease(osRelease));
}

function systemNamed({ id, idLike, versionId, codename, baseCodename }: OsRelease): OperatingSystem {
  return { id, idLike, versionId, codename, ...(baseCodename === '' ? {} : { baseCodename }) };
}

/** A package as its database records it: from which repository it came, that does not say. */
export function seenPackage({ name, version, architecture, source, vendor, module }: InstalledSoftware): SeenPackage {
  return { name, version, architecture, source, origin: null, vendor, module };
}
