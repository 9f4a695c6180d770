import type { BlockedFile } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** As many as a relay takes. */
const LIMIT = 10_000;

/**
 * Files that an organisation blocks, as relays recognise them: by digest, when every package with these bytes in the organisation's
 * repositories is blocked; else by the paths of those that are, in each revision. What is not in the store yet has no digest here:
 * a relay has to ask for it, and then the server refuses.
 */
export async function blockedFiles(within: Kysely<Tables>, organisationId: string): Promise<readonly BlockedFile[]> {
  const { rows } = await sql<Omit<BlockedFile, 'organisationId'>>`
    with blocked as (
      select *, exists (select from content_package o join content_repository r on r.id = o.repository_id
          where r.organisation_id = ${organisationId} and o.sha256 = b.sha256
            and o.id not in (select id from content_blocked_package where organisation_id = ${organisationId})) as mixed
      from content_blocked_package b where b.organisation_id = ${organisationId} and b.sha256 is not null
    )
    (select distinct on (sha256) sha256, null::uuid as "revisionId", null as path, name, version, architecture
      from blocked where not mixed)
    union all
    (select null, v.id, b.path, b.name, b.version, b.architecture from blocked b
      join content_revision v on v.repository_id = b.repository_id and v.sequence >= b.since_sequence
        and (b.until_sequence is null or v.sequence < b.until_sequence)
      where b.mixed)
    limit ${LIMIT}`.execute(within);
  return rows.map((row) => ({ organisationId, ...row }));
}
