import { basename } from 'node:path';
import { type Component, isSbomPath, type ReadGap, readerOf, readSbom, SBOM_LIMITS, SbomError } from '@thimble/sbom';
import type { ContainedTree } from './contained-tree.ts';

const LOCATIONS_KEPT = 8;

export interface FoundComponents {
  readonly components: readonly Component[];
  readonly gaps: readonly ReadGap[];
  readonly fileCount: number;
}

/** Not software of the machine: what the kernel shows, other roots, rubbish, and sources' own history. */
const SKIPPED_AT_ROOT =
  /^(?:proc|sys|dev|run|tmp|var\/tmp|var\/cache|var\/lib\/(?:docker|containers|containerd))(?:\/|$)/;
const SKIPPED_ANYWHERE: ReadonlySet<string> = new Set(['.git', '.hg', '.svn']);
/** Files of the distribution's own packages: its advisories speak of them, the ecosystem's would cry wolf. */
const DISTRIBUTION_OWNED =
  /^(?:usr\/(?:lib|share)\/(?:python3|node_modules|nodejs|rubygems-integration|ruby|perl|php|javascript|composer)\b)/;

/**
 * Language packages below a folder: lock files, installed packages, bills of materials.
 *
 * @param wholeSystem the folder is a system's root: the distribution's own folders are left to its package manager.
 */
export async function lookForComponents(tree: ContainedTree, wholeSystem: boolean): Promise<FoundComponents> {
  const found = new Map<string, Component>();
  const gaps: ReadGap[] = [];
  let fileCount = 0;
  const skip = (path: string): boolean =>
    SKIPPED_ANYWHERE.has(basename(path)) ||
    (wholeSystem && (SKIPPED_AT_ROOT.test(path) || DISTRIBUTION_OWNED.test(path)));
  for await (const path of tree.walk(skip)) {
    const reader = readerOf(path);
    if (reader === undefined && !isSbomPath(path)) continue;
    const bytes = await tree.read(path, SBOM_LIMITS.fileBytes).catch((error: Error) => {
      gaps.push({ what: path, why: error.message });
      return null;
    });
    if (bytes === null) continue;
    try {
      const outcome = reader === undefined ? readSbom(bytes, path) : reader.read(bytes, path);
      fileCount += 1;
      gaps.push(...outcome.gaps);
      for (const component of outcome.components) add(found, component);
    } catch (error) {
      if (!(error instanceof SbomError)) throw error;
      gaps.push({ what: path, why: error.message });
    }
  }
  return { components: [...found.values()], gaps, fileCount };
}

function add(found: Map<string, Component>, component: Component): void {
  const known = found.get(component.purl);
  if (known === undefined) found.set(component.purl, component);
  else if (known.locations.length < LOCATIONS_KEPT)
    found.set(component.purl, { ...known, locations: [...new Set([...known.locations, ...component.locations])] });
}
