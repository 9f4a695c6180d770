import type { ApproverSet, Envelope, HaltEntry, HaltStatement } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { progressOf, type SignatureRow, signedStatement } from '../statements/read-signatures.ts';
import type { StatementRow } from '../statements/statement-row.ts';

export interface HaltRow extends StatementRow {
  readonly sequence: number;
  readonly action: HaltStatement['action'];
  readonly reason: string;
  readonly state: HaltEntry['state'];
  readonly envelope: Envelope | null;
  readonly created_at: Date;
  readonly created_by: string;
}

/** The newest that holds, and an end that waits for signatures. */
export async function readHalts(
  within: Kysely<Tables>,
  organisationId: string,
): Promise<{ readonly current: HaltRow | null; readonly pending: HaltRow | null }> {
  const { rows } = await sql<HaltRow>`
    select id, payload, sequence, action, reason, state, envelope, created_at, created_by from emergency_halt
    where organisation_id = ${organisationId} and state <> 'replaced'`.execute(within);
  return {
    current: rows.find(({ state }) => state === 'in-force') ?? null,
    pending: rows.find(({ state }) => state === 'open') ?? null,
  };
}

export function haltEntry(row: HaltRow, counting: readonly SignatureRow[], set: ApproverSet | null): HaltEntry {
  return {
    id: row.id,
    state: row.state,
    // Written by ourselves from a validated document.
    statement: JSON.parse(row.payload) as HaltStatement,
    signed: signedStatement('halt', row, counting),
    progress: progressOf('halt', row, counting, set),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}
