import type { ExpectedFile, StoredFile } from '../../model/index.ts';
import type { ChosenIndex } from './choose-indexes.ts';
import type { Place } from './place.ts';
import type { Release, ReleaseEntry } from './release-file.ts';

export interface KeptIndex extends ChosenIndex {
  readonly file: StoredFile;
}

/**
 * The paths by digest under which clients ask for a file, the strongest digest first, as apt does; empty where the Release does
 * not promise them (`Acquire-By-Hash`).
 */
export function byHashPaths(release: Release, place: Place, entry: ReleaseEntry): readonly string[] {
  if (!release.acquireByHash) return [];
  const folder = `${place.folder}${entry.path.slice(0, entry.path.lastIndexOf('/') + 1)}by-hash/`;
  return [...(entry.sha512 === null ? [] : [`${folder}SHA512/${entry.sha512}`]), `${folder}SHA256/${entry.sha256}`];
}

/** What clients ask for besides packages and the signed files: what is kept, and all else that the Release vouches for. No path twice. */
export function clientFiles(
  release: Release,
  place: Place,
  signed: readonly StoredFile[],
  indexes: readonly KeptIndex[],
): { readonly files: readonly StoredFile[]; readonly onDemand: readonly ExpectedFile[] } {
  const files = new Map(signed.map((file) => [file.path, file]));
  const onDemand = new Map<string, ExpectedFile>();
  for (const { entry, file } of indexes)
    for (const path of [file.path, ...byHashPaths(release, place, entry)]) files.set(path, { ...file, path });
  for (const entry of release.entries.values()) {
    const check = { kind: 'sha256', sha256: entry.sha256, sizeBytes: entry.sizeBytes } as const;
    // By digest first: upstream keeps these for a while after it has published newer ones under the names.
    for (const path of [...byHashPaths(release, place, entry), `${place.folder}${entry.path}`])
      if (!files.has(path)) onDemand.set(path, { path, check });
  }
  return { files: [...files.values()], onDemand: [...onDemand.values()] };
}
