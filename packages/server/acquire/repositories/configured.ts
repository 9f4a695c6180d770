import type { Repositories } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** A list of repositories that some endpoints have, all the same one. */
export interface SharedDocument {
  readonly sha256: string;
  readonly endpointCount: number;
  readonly document: Repositories;
}

/** Each different list once, with how many endpoints have it: the most common first. @param part `places`: without its keyrings. */
export async function* sharedDocuments(
  within: Kysely<Tables>,
  organisationId: string,
  part: 'places' | 'places-and-keys',
): AsyncGenerator<SharedDocument> {
  const { rows } = await sql<{ sha256: string; count: number }>`
    select sha256, count(*) as count from endpoint_repositories
    where organisation_id = ${organisationId} and valid_to is null
    group by sha256 order by count desc, sha256 limit ${DOCUMENTS_LIMIT}`.execute(within);
  // Documents may have megabytes of keys: a few at a time.
  for (let at = 0; at < rows.length; at += DOCUMENTS_AT_ONCE) {
    const batch = rows.slice(at, at + DOCUMENTS_AT_ONCE);
    const documents = await sql<{ sha256: string; document: Repositories }>`
      select sha256, ${part === 'places' ? sql`jsonb_set(document, '{keyrings}', '[]')` : sql`document`} as document
      from repositories_document
      where organisation_id = ${organisationId} and sha256 = any(${batch.map(({ sha256 }) => sha256)})`.execute(within);
    const bySha256 = new Map(documents.rows.map(({ sha256, document }) => [sha256, document]));
    for (const { sha256, count } of batch) {
      const document = bySha256.get(sha256);
      if (document !== undefined) yield { sha256, endpointCount: count, document };
    }
  }
}

const DOCUMENTS_AT_ONCE = 20;
/** Fleets have a few dozen different lists. Beyond this, the rarest ones are left out of proposals and counts. */
const DOCUMENTS_LIMIT = 5000;

/** A few names of endpoints that have these lists. */
export async function hostnamesWith(
  within: Kysely<Tables>,
  organisationId: string,
  documents: readonly string[],
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await sql<{ hostname: string }>`
    select e.hostname from endpoint_repositories er join endpoint e on e.id = er.endpoint_id
    where er.organisation_id = ${organisationId} and er.valid_to is null and er.sha256 = any(${[...documents]})
    limit ${limit}`.execute(within);
  return rows.map(({ hostname }) => hostname).sort();
}
