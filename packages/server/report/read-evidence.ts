import type { EvidenceRecord } from '@thimble/protocol';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

interface Row {
  readonly sequence: number;
  readonly at: Date;
  readonly kind: EvidenceRecord['kind'];
  readonly actor: string;
  readonly run_id: string | null;
  readonly endpoint_id: string | null;
  readonly summary: string;
  readonly detail: unknown;
  readonly previous_sha256: string;
  readonly sha256: string;
  /** Of a record without content: what it was hashed to. */
  readonly leaf: string | null;
}

const EXPIRED = 'Its content was removed after the time for which evidence is kept.';

/** Records of one organisation, newest first. */
export async function readEvidence(
  within: Kysely<Tables>,
  organisationId: string,
  which: RawBuilder<unknown>,
  limit: number,
  direction: 'newest-first' | 'oldest-first' = 'newest-first',
): Promise<EvidenceRecord[]> {
  const order = direction === 'newest-first' ? sql`desc` : sql`asc`;
  const { rows } = await sql<Row>`
    select sequence, at, kind, actor, run_id, endpoint_id, summary, detail, previous_sha256, sha256,
      case when expired_at is not null then (
        select encode(substring(hashes for 32), 'hex') from evidence_leaf as l
        where l.organisation_id = e.organisation_id and l.sequence = e.sequence) end as leaf
    from evidence as e where organisation_id = ${organisationId} and ${which} order by sequence ${order} limit ${limit}`.execute(
    within,
  );
  return rows.map(toRecord);
}

export async function countEvidence(
  within: Kysely<Tables>,
  organisationId: string,
  which: RawBuilder<unknown>,
): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from evidence where organisation_id = ${organisationId} and ${which}`.execute(within);
  return rows[0]?.total ?? 0;
}

function toRecord(row: Row): EvidenceRecord {
  return {
    sequence: row.sequence,
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actor,
    runId: row.run_id,
    endpointId: row.endpoint_id,
    summary: row.leaf === null ? row.summary : EXPIRED,
    detail: row.detail,
    previousSha256: row.previous_sha256,
    sha256: row.sha256,
    ...(row.leaf === null ? {} : { expired: { leafSha256: row.leaf } }),
  };
}
