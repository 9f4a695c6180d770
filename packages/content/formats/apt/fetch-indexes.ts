import { ContentFault, type FreezeContext, type RepositoryDefinition } from '../../model/index.ts';
import { chooseIndexes, type ChosenIndex } from './choose-indexes.ts';
import { byHashPaths, type KeptIndex } from './client-paths.ts';
import { APT_LIMITS } from './limits.ts';
import { placeOf, type Place } from './place.ts';
import { parseRelease, type Release } from './release-file.ts';
import { checkRelease } from './release-rules.ts';
import { fetchTopLevel, type TopLevel } from './top-level.ts';

/** A signed state and the indexes that it lists, all of them in the store. */
export interface SignedState {
  readonly place: Place;
  readonly top: TopLevel;
  readonly release: Release;
  readonly indexes: readonly KeptIndex[];
}

interface Failed {
  readonly sha256: string;
  readonly fault: ContentFault;
}

/**
 * Upstream may publish while we fetch, and then the files are no more those of the Release that we have: it is asked again.
 *
 * @returns null when the signed state is the previous revision's
 * @throws ContentFault
 */
export async function fetchSignedState(
  definition: RepositoryDefinition,
  context: FreezeContext,
): Promise<SignedState | null> {
  const place = placeOf(definition);
  let failed: Failed | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const top = await fetchTopLevel(place, context);
    // The same signed state once more, and still not the files that it lists: this is no publication under way.
    if (failed !== null && failed.sha256 === top.sha256) throw failed.fault;
    const release = parseRelease(top.text, top.path);
    checkRelease(release, { suite: definition.suite, now: context.now, previous: context.previous }, top.path);
    if (top.sha256 === context.previous?.metadataSha256) return null;
    const chosen = chooseIndexes(definition, release, place, top.path);
    try {
      return { place, top, release, indexes: await fetchIndexes(chosen, release, place, context) };
    } catch (error) {
      if (!isOfAnotherState(error) || attempt === APT_LIMITS.attempts) throw error;
      failed = { sha256: top.sha256, fault: error };
    }
  }
}

async function fetchIndexes(
  chosen: readonly ChosenIndex[],
  release: Release,
  place: Place,
  context: FreezeContext,
): Promise<readonly KeptIndex[]> {
  const kept: KeptIndex[] = [];
  for (const index of chosen) {
    const { entry, unpacked } = index;
    const path = `${place.folder}${entry.path}`;
    if (entry.sizeBytes > APT_LIMITS.packedIndexBytes || unpacked.sizeBytes > APT_LIMITS.unpackedIndexBytes)
      throw new ContentFault(
        'too-large',
        `${path} has ${entry.sizeBytes} bytes, ${unpacked.sizeBytes} unpacked, more than is ever read`,
        { path },
      );
    context.progress(`Packages of ${index.label}`);
    const check = { kind: 'sha256', sha256: entry.sha256, sizeBytes: entry.sizeBytes } as const;
    const file = await context.fetch({ path, check }, byHashPaths(release, place, entry));
    kept.push({ ...index, file });
  }
  return kept;
}

function isOfAnotherState(error: unknown): error is ContentFault {
  return error instanceof ContentFault && ['missing', 'truncated', 'too-large', 'wrong-digest'].includes(error.code);
}
