import { basename } from 'node:path';
import { type Component, isSbomPath, type ReadGap, readerOf, readSbom, SBOM_LIMITS, SbomError } from '@thimble/sbom';
import type { FileTree } from '../file-tree.ts';
import { HostError } from '../host.ts';
import { ComponentList } from './component-list.ts';
import { walkTree } from './walk.ts';

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
 * All language packages that a tree names: lock files, installed packages, bills of materials.
 *
 * @param wholeSystem the tree is a system's root: the distribution's own folders are left to its package manager.
 * @throws HostError `too-large`
 */
export async function lookForComponents(tree: FileTree, wholeSystem: boolean): Promise<FoundComponents> {
  const list = new ComponentList();
  let fileCount = 0;
  const skip = (path: string): boolean =>
    SKIPPED_ANYWHERE.has(basename(path)) ||
    (wholeSystem && (SKIPPED_AT_ROOT.test(path) || DISTRIBUTION_OWNED.test(path)));
  for await (const path of walkTree(tree, skip, (what, why) => list.gap({ what, why }))) {
    const reader = readerOf(path);
    if (reader === undefined && !isSbomPath(path)) continue;
    try {
      const bytes = await tree.read(path, SBOM_LIMITS.fileBytes, 'refuse');
      if (bytes === null) continue;
      const outcome = reader === undefined ? readSbom(bytes, path) : reader.read(bytes, path);
      fileCount += 1;
      list.gap(...outcome.gaps);
      list.add(outcome.components);
    } catch (error) {
      if (!(error instanceof SbomError) && !(error instanceof HostError)) throw error;
      list.gap({ what: path, why: error.message });
    }
  }
  return { components: list.components, gaps: list.gaps, fileCount };
}
