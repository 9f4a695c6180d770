import type { ApproverSet, ApproverSetEntry } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { countingSignatures, progressOf, readSignatures, signedStatement } from '../statements/read-signatures.ts';
import type { StatementRow } from '../statements/statement-row.ts';

export interface SetRow extends StatementRow {
  readonly version: number;
  readonly state: ApproverSetEntry['state'];
  readonly proposed_at: Date;
  readonly proposed_by: string;
  readonly activated_at: Date | null;
}

/** More than an organisation changes its approvers in years; older ones are in the evidence. */
const SETS_SHOWN = 100;

/** Newest first, each with the signatures by which it came into force: those of people of the set before. */
export async function listSets(
  within: Kysely<Tables>,
  organisationId: string,
  limit = SETS_SHOWN,
): Promise<readonly ApproverSetEntry[]> {
  const { rows } = await sql<SetRow>`
    select id, payload, version, state, proposed_at, proposed_by, activated_at from approver_set
    where organisation_id = ${organisationId} order by proposed_at desc, version desc limit ${limit}`.execute(within);
  const signatures = await readSignatures(
    within,
    organisationId,
    rows.map(({ id }) => id),
  );
  const inForce = new Map(
    rows.filter(({ state }) => state === 'active' || state === 'replaced').map((row) => [row.version, readSet(row)]),
  );
  return rows.map((row) => {
    const before = inForce.get(row.version - 1) ?? null;
    const counting = countingSignatures(signatures.get(row.id), before);
    return {
      id: row.id,
      state: row.state,
      set: readSet(row),
      signed: signedStatement('approver-set', row, counting),
      progress: progressOf('approver-set', row, counting, before),
      proposedAt: row.proposed_at.toISOString(),
      proposedBy: row.proposed_by,
      activatedAt: row.activated_at?.toISOString() ?? null,
    };
  });
}

export function readSet({ payload }: Pick<StatementRow, 'payload'>): ApproverSet {
  // Written by ourselves from a validated document.
  return JSON.parse(payload) as ApproverSet;
}
