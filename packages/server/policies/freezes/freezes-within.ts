import type { EndpointFilter } from '@thimble/protocol';
import type { Interval } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** A freeze as far as it lies in a range of time. */
export interface FreezeInterval extends Interval {
  readonly scope: EndpointFilter;
  readonly why: string;
}

/** Those that stand or will, cut to the range: one that nobody ends yet lasts until its end. */
export async function freezesWithin(
  within: Kysely<Tables>,
  organisationId: string,
  { startMs, endMs }: Interval,
): Promise<readonly FreezeInterval[]> {
  const [from, to] = [new Date(startMs), new Date(endMs)];
  const { rows } = await sql<{ scope: EndpointFilter; reason: string; starts_at: Date; ends_at: Date | null }>`
    select scope, reason, starts_at, ends_at from policy_freeze
    where organisation_id = ${organisationId} and ended_at is null and starts_at < ${to}::timestamptz
      and (ends_at is null or ends_at > ${from}::timestamptz)
    order by starts_at, id`.execute(within);
  return rows.map(({ scope, reason, starts_at, ends_at }) => ({
    startMs: Math.max(startMs, starts_at.getTime()),
    endMs: Math.min(endMs, ends_at?.getTime() ?? Infinity),
    scope,
    why: reason,
  }));
}
