import type { EndpointFilter } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** While it stands nothing begins on the endpoints of its scope. */
export interface ActiveFreeze {
  readonly id: string;
  /** Empty: the whole fleet. */
  readonly scope: EndpointFilter;
  readonly reason: string;
  readonly by: string;
  readonly startsMs: number;
  /** null: until somebody ends it. */
  readonly endsMs: number | null;
}

/** Those that stand at this moment, the longest first. */
export async function activeFreezes(
  within: Kysely<Tables>,
  organisationId: string,
  atMs: number,
): Promise<readonly ActiveFreeze[]> {
  const at = new Date(atMs);
  const { rows } = await sql<{
    id: string;
    scope: EndpointFilter;
    reason: string;
    created_by: string;
    starts_at: Date;
    ends_at: Date | null;
  }>`
    select id, scope, reason, created_by, starts_at, ends_at from policy_freeze
    where organisation_id = ${organisationId} and ended_at is null and starts_at <= ${at}::timestamptz
      and (ends_at is null or ends_at > ${at}::timestamptz)
    order by ends_at desc nulls first, id`.execute(within);
  return rows.map((row) => ({
    id: row.id,
    scope: row.scope,
    reason: row.reason,
    by: row.created_by,
    startsMs: row.starts_at.getTime(),
    endsMs: row.ends_at?.getTime() ?? null,
  }));
}
