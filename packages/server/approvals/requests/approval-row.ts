import type { ApprovalState, ApprovalSummary, ApprovedAction, ApproverSet } from '@thimble/protocol';
import { sql } from 'kysely';
import { progressOf, type SignatureRow } from '../statements/read-signatures.ts';
import type { StatementRow } from '../statements/statement-row.ts';

export interface ApprovalRow extends StatementRow {
  readonly run_id: string;
  readonly state: 'open' | 'granted' | 'withdrawn';
  readonly title: string;
  readonly actions: ApprovedAction[];
  readonly transaction_count: number;
  readonly endpoint_count: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date;
  readonly narrowed_by: string | null;
}

export const APPROVAL_COLUMNS = sql`a.id, a.payload, a.run_id, a.state, a.title, a.actions, a.transaction_count,
  a.endpoint_count, a.created_at, a.created_by, a.expires_at, a.narrowed_by`;

/** What was never withdrawn has an end. */
export function stateAt({ state, expires_at: expiresAt }: ApprovalRow, now: Date): ApprovalState {
  return state !== 'withdrawn' && expiresAt <= now ? 'expired' : state;
}

export function approvalSummary(
  row: ApprovalRow,
  counting: readonly SignatureRow[],
  set: ApproverSet | null,
  now: Date,
): ApprovalSummary {
  return {
    id: row.id,
    runId: row.run_id,
    title: row.title,
    state: stateAt(row, now),
    actions: row.actions,
    transactionCount: row.transaction_count,
    endpointCount: row.endpoint_count,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    narrowedBy: row.narrowed_by,
    expiresAt: row.expires_at.toISOString(),
    progress: progressOf('approval', row, counting, set),
  };
}
