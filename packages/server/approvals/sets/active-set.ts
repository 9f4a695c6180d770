import type { ApproverSet } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** @returns null: the organisation never had approvers */
export async function activeSet(within: Kysely<Tables>, organisationId: string): Promise<ApproverSet | null> {
  const { rows } = await sql<{ payload: string }>`
    select payload from approver_set where organisation_id = ${organisationId} and state = 'active'`.execute(within);
  // Written by ourselves from a validated document.
  return rows[0] === undefined ? null : (JSON.parse(rows[0].payload) as ApproverSet);
}

/** The set whose signatures orders need; null: orders need none. */
export async function demandingSet(within: Kysely<Tables>, organisationId: string): Promise<ApproverSet | null> {
  const set = await activeSet(within, organisationId);
  return set === null || set.threshold === 0 ? null : set;
}
