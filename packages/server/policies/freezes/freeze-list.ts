import type { EndpointFilter, Freeze } from '@thimble/protocol';
import { matchesEndpoint } from '@thimble/rollouts';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { type FleetMember, endpointTraits } from '../fleet/endpoint-traits.ts';
import { scopeInWords } from './scope-in-words.ts';

const FREEZES_SHOWN = 500;

/** Those that stand or will first, then those that are over; the newest first. @param id only this one */
export async function listFreezes(
  { database: { kysely }, settings, clock }: Pick<ServerContext, 'database' | 'settings' | 'clock'>,
  organisationId: string,
  id: string | null = null,
): Promise<Freeze[]> {
  const now = clock();
  const { rows } = await sql<Row>`
    select *, ended_at is null and (ends_at is null or ends_at > ${now}::timestamptz) as standing from policy_freeze
    where organisation_id = ${organisationId} and (${id}::uuid is null or id = ${id})
    order by standing desc, created_at desc, id desc limit ${FREEZES_SHOWN}`.execute(kysely);
  const members = rows.length === 0 ? [] : await endpointTraits(kysely, organisationId, null, settings.timeZone);
  const counts = new Map<string, number>();
  return rows.map((row) => ({
    id: row.id,
    scope: row.scope,
    scopeInWords: scopeInWords(row.scope),
    reason: row.reason,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBy: row.ended_by,
    active: row.standing && row.starts_at <= now,
    endpointCount: countOf(counts, members, row.scope),
  }));
}

interface Row {
  readonly id: string;
  readonly scope: EndpointFilter;
  readonly reason: string;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly standing: boolean;
}

/** Freezes of years have few different scopes, and each is one pass over the fleet. */
function countOf(counts: Map<string, number>, members: readonly FleetMember[], scope: EndpointFilter): number {
  const key = JSON.stringify(scope);
  const count = counts.get(key) ?? members.filter(({ traits }) => matchesEndpoint(scope, traits)).length;
  counts.set(key, count);
  return count;
}
