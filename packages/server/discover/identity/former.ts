import type { FormerEndpoint } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** The newest endpoint that the same machine was before: its history is this machine's. */
export async function findFormer(
  within: Kysely<Tables>,
  organisationId: string,
  machine: string,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from endpoint where organisation_id = ${organisationId} and machine = ${machine} and admission = 'admitted'
    order by enrolled_at desc, id desc limit 1`.execute(within);
  return rows[0]?.id ?? null;
}

/** Columns of `former`, a left join of endpoint. */
export interface FormerRow {
  readonly former_id: string | null;
  readonly former_hostname: string | null;
  readonly former_removed_at: Date | null;
}

export const FORMER_COLUMNS = sql`former.id as former_id, former.hostname as former_hostname,
  former.removed_at as former_removed_at`;

export function toFormer(row: FormerRow): FormerEndpoint | null {
  if (row.former_id === null) return null;
  return {
    id: row.former_id,
    hostname: row.former_hostname ?? '',
    removedAt: row.former_removed_at?.toISOString() ?? null,
  };
}
