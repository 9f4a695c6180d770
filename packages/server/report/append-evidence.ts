import type { EvidenceRecord } from '@thimble/protocol';
import { evidenceLeaf, evidenceSha256 } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';
import { leavesOf, type NewLeaf } from './log/leaves.ts';
import { lockLog } from './log/lock-log.ts';
import { readHead } from './log/read-head.ts';

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
 * Appends records in the transaction of what they tell of, so neither is ever without the other; the log grows with them.
 * Call it last: the lock that orders the records is held until the transaction ends.
 */
export async function appendEvidence(within: Kysely<Tables>, records: readonly NewEvidence[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const { organisationId } = first;
  await lockLog(within, organisationId);
  const { tree, ...head } = await readHead(within, organisationId);
  let { sequence, sha256: previousSha256 } = head;
  const rows = records.map((record) => {
    sequence += 1;
    const linked = link(record, sequence, previousSha256);
    previousSha256 = linked.sha256;
    return linked;
  });
  // Records from before there was a log come first: they, and with them these, are taken over in the background.
  const leaves = tree === undefined ? [] : leavesOf(tree, rows.map(evidenceLeaf));
  await insertRecords(within, organisationId, rows, leaves);
}

/** One statement, so that a log costs no more round trips than a table. */
async function insertRecords(
  within: Kysely<Tables>,
  organisationId: string,
  rows: readonly EvidenceRecord[],
  leaves: readonly NewLeaf[],
): Promise<void> {
  await sql`
    with leaf as (
      insert into evidence_leaf (organisation_id, sequence, hashes)
      select ${organisationId}::uuid, l.sequence, decode(l.hashes, 'hex')
      from jsonb_to_recordset(${JSON.stringify(leaves)}::jsonb) as l (sequence bigint, hashes text)
    )
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
