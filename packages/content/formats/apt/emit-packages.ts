import {
  ContentFault,
  type FreezeContext,
  type RepositoryDefinition,
  type RepositoryPackage,
} from '../../model/index.ts';
import { createDigestTable, type DigestTable } from './digest-table.ts';
import type { SignedState } from './fetch-indexes.ts';
import { APT_LIMITS } from './limits.ts';
import { readPackages } from './packages-index.ts';

/**
 * Emits each package file of the indexes once.
 *
 * @throws ContentFault `same-version-other-bytes`, `too-large`, and those of `readPackages`
 */
export async function emitPackages(
  { indexes, place }: Pick<SignedState, 'indexes' | 'place'>,
  definition: RepositoryDefinition,
  context: FreezeContext,
  emit: (found: RepositoryPackage) => Promise<void> | void,
): Promise<void> {
  // The one index of a flat repository has all architectures; a suite's indexes have what was chosen.
  const wanted =
    place.flat && definition.architectures.length > 0 ? new Set([...definition.architectures, 'all']) : null;
  const seen = createDigestTable();
  let count = 0;
  for (const index of indexes) {
    for await (const found of readPackages(index, index.file, context)) {
      if (!isNew(found, seen, index.file.path) || wanted?.has(found.architecture) === false) continue;
      count += 1;
      if (count > APT_LIMITS.packages)
        throw new ContentFault('too-large', `the repository has more than ${APT_LIMITS.packages} packages`);
      const waits = emit(found);
      if (waits !== undefined) await waits;
    }
  }
}

function isNew(found: RepositoryPackage, seen: DigestTable, index: string): boolean {
  const { name, version, architecture, path, check } = found;
  const digest = check.kind === 'sha256' ? check.sha256 : check.kind === 'sha512' ? check.sha512 : check.controlSha1;
  if (seen.put(`${name} ${version} ${architecture}`, digest) === 'other')
    throw new ContentFault(
      'same-version-other-bytes',
      `${index} has ${name} ${version} (${architecture}) a second time, with other bytes: one version must be one file. Ask the vendor which one is genuine`,
      { path },
    );
  switch (seen.put(`path ${path}`, digest)) {
    case 'new':
      return true;
    case 'same':
      return false;
    case 'other':
      throw new ContentFault('malformed', `${index} says that ${path} is two different files`, { path });
  }
}
