import { type ContentStore, FORMATS, type RepositoryDefinition, holdsInStore, withLocalFile } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { PublicKey } from '../repositories/public-key.ts';
import { type PackageFile, checkOf } from '../revisions/wanted.ts';

export interface ImportedList {
  readonly repositoryId: string;
  readonly sequence: number;
  readonly name: string;
  readonly definition: RepositoryDefinition;
  readonly trusted: readonly PublicKey[];
  readonly frozenAt: Date;
}

/**
 * What is known of package files only when their bytes are here, of those that a bundle brought: which of them is the one that metadata
 * names by another digest, and whether a package that vouches for itself does so.
 *
 * @param objects of the bundle: sizes by digest
 * @throws ContentFault
 */
export async function checkPackages(
  within: Kysely<Tables>,
  store: ContentStore,
  list: ImportedList,
  objects: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<void> {
  await findBytes(within, store, list, objects, signal);
  const check =
    FORMATS.get(list.definition.format)?.packageCheck?.(list.definition, list.trusted, list.frozenAt) ?? null;
  if (check === null) return;
  const { rows } = await sql<PackageFile & { readonly sha256: string }>`
    select p.path, p.name, p.version, p.architecture, p.check_kind as "checkKind", p.check_value as "checkValue",
      p.size_bytes as "sizeBytes", p.sha256
    from content_package p where ${holds(list)}
      and exists (select from content_object o where o.sha256 = p.sha256)`.execute(within);
  for (const file of rows) {
    signal.throwIfAborted();
    await withLocalFile(store, file.sha256, (path) => check(file, path));
  }
}

/** Metadata states a size besides its digest: only files of that size are looked into. */
async function findBytes(
  within: Kysely<Tables>,
  store: ContentStore,
  list: ImportedList,
  objects: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<void> {
  const { rows } = await sql<PackageFile & { readonly id: number }>`
    select p.id, p.path, p.name, p.version, p.architecture, p.check_kind as "checkKind", p.check_value as "checkValue",
      p.size_bytes as "sizeBytes"
    from content_package p where ${holds(list)} and p.sha256 is null`.execute(within);
  if (rows.length === 0) return;
  const bySize = Map.groupBy(objects, ([, sizeBytes]) => sizeBytes);
  for (const file of rows) {
    signal.throwIfAborted();
    const check = checkOf(file);
    if (check.kind === 'sha256') continue;
    for (const [sha256] of bySize.get(file.sizeBytes) ?? []) {
      if (!(await holdsInStore(store, sha256, check, file.path))) continue;
      await sql`update content_package set sha256 = ${sha256} where id = ${file.id}`.execute(within);
      break;
    }
  }
}

function holds({ repositoryId, sequence }: ImportedList) {
  return sql`p.repository_id = ${repositoryId} and p.since_sequence <= ${sequence}
    and (p.until_sequence is null or p.until_sequence > ${sequence})`;
}
