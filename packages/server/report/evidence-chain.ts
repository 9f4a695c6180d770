import { type EvidenceRecord, canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/** What the first record of a chain has in place of a digest of the one before it. */
export const CHAIN_START = '0'.repeat(64);
/** Any constant: with the organisation it makes the advisory lock under which records get their sequence. */
const LOCK = 0x6576_6964;

export interface NewEvidence {
  readonly organisationId: string;
  readonly at: Date;
  readonly kind: EvidenceRecord['kind'];
  readonly actor: string;
  readonly runId?: string | null;
  readonly endpointId?: string | null;
  readonly summary: string;
  /** JSON of safe integers, strings, booleans and null. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/**
 * Appends records in the transaction of what they tell of, so neither is ever without the other. Call it last: the lock
 * that orders the chain is held until the transaction ends.
 */
export async function appendEvidence(within: Kysely<Tables>, records: readonly NewEvidence[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const { organisationId } = first;
  await sql`select pg_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId}))`.execute(within);
  const head = await sql<{ sequence: number; sha256: string }>`
    select sequence, sha256 from evidence where organisation_id = ${organisationId}
    order by sequence desc limit 1`.execute(within);
  let sequence = head.rows[0]?.sequence ?? 0;
  let previousSha256 = head.rows[0]?.sha256 ?? CHAIN_START;
  const rows = records.map((record) => {
    sequence += 1;
    const linked = link(record, sequence, previousSha256);
    previousSha256 = linked.sha256;
    return linked;
  });
  await sql`
    insert into evidence
      (organisation_id, sequence, at, kind, actor, run_id, endpoint_id, summary, detail, previous_sha256, sha256)
    select ${organisationId}::uuid, r.sequence, r.at, r.kind, r.actor, r."runId", r."endpointId", r.summary, r.detail,
      r."previousSha256", r.sha256
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (sequence bigint, at timestamptz, kind text, actor text,
      "runId" uuid, "endpointId" uuid, summary text, detail jsonb, "previousSha256" text, sha256 text)`.execute(within);
}

function link(record: NewEvidence, sequence: number, previousSha256: string): EvidenceRecord {
  const content = {
    sequence,
    at: record.at.toISOString(),
    kind: record.kind,
    actor: record.actor.slice(0, 512),
    runId: record.runId ?? null,
    endpointId: record.endpointId ?? null,
    summary: record.summary.slice(0, 16_384),
    detail: record.detail ?? {},
    previousSha256,
  };
  return { ...content, sha256: evidenceSha256(content) };
}

/** The digest of a record: SHA-256 of the canonical JSON of all its other members. */
export function evidenceSha256({
  sha256: _own,
  ...content
}: Omit<EvidenceRecord, 'sha256'> & { sha256?: string }): string {
  return sha256(canonicalJson(content));
}
