import { ContentFault } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

const NAMED = 3;

/** Newer metadata has other bytes under a version that was there before. The metadata itself was verified. */
export class OtherBytesFault extends ContentFault {
  readonly metadataSha256: string;
  constructor(message: string, path: string, metadataSha256: string) {
    super('same-version-other-bytes', message, { path });
    this.metadataSha256 = metadataSha256;
  }
}

/**
 * One version is one file, for as long as this repository is known: what was tested would not be what is installed.
 * What is compared is the staged packages with all that ever was.
 *
 * @throws OtherBytesFault
 */
export async function assertSameBytes(
  within: Kysely<Tables>,
  repositoryId: string,
  metadataSha256: string,
): Promise<void> {
  const { rows } = await sql<{
    name: string;
    version: string;
    architecture: string;
    path: string;
    total: number;
  }>`
    with fresh as (
      select s.* from staged_package s where not exists (
        select 1 from content_package k where k.repository_id = ${repositoryId} and k.name = s.name
          and k.version = s.version and k.architecture = s.architecture and k.check_kind = s.check_kind
          and k.check_value = s.check_value)),
    other as (
      select distinct f.name, f.version, f.architecture, f.path from fresh f
      join content_package h on h.repository_id = ${repositoryId} and h.name = f.name and h.version = f.version
        and h.architecture = f.architecture and h.check_kind = f.check_kind)
    select *, count(*) over () as total from other order by path collate "C" limit ${NAMED}`.execute(within);
  const [first] = rows;
  if (first === undefined) return;
  const named = rows.map(({ name, version, architecture }) => `${name} ${version} (${architecture})`).join(', ');
  const more = first.total > rows.length ? ` and ${first.total - rows.length} more` : '';
  throw new OtherBytesFault(
    `upstream has other bytes than before for ${named}${more}, under the same version. Ask the vendor why; if they did ` +
      'replace the files, accept this very state, otherwise stay with the last good one.',
    first.path,
    metadataSha256,
  );
}
