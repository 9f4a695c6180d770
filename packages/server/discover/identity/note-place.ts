import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import type { AgentRequest } from '../agent-gate.ts';
import { quarantine } from './quarantine.ts';

/** What a check-in says of where it comes from. */
export interface Place {
  readonly bootId: string;
  /** Left out: an older agent, or a machine without an id. */
  readonly machine?: string;
  readonly address: string;
}

/** Agents that are started by a timer come once a day at the least often, so two of them show within days. */
const RETURNS_WITHIN_MS = 7 * 24 * 3_600_000;
/** So many starts of an endpoint's machine are remembered. */
const REMEMBERED = 20;

/**
 * Puts down a change of place: a boot that did not speak last. A machine that is started anew never shows an earlier boot
 * again, and one that is put back to a snapshot with its memory shows one again, once. When two boots both came
 * back after the other had spoken, two machines are alive with one key, and both are quarantined: which of them is
 * the real one only a person knows.
 *
 * @returns whether the endpoint is in quarantine.
 */
export async function notePlace(
  context: ServerContext,
  { endpointId, organisationId, heartbeat }: AgentRequest,
  place: Place,
): Promise<boolean> {
  if (place.bootId === heartbeat.bootId) return heartbeat.standing === 'quarantined';
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ machine: string }>`
      select machine from endpoint where id = ${endpointId} for no key update`.execute(within);
    const doubt = await judge(within, context, { endpointId, organisationId }, place, rows[0]?.machine);
    await sql`update heartbeat set boot_id = ${place.bootId} where endpoint_id = ${endpointId}`.execute(within);
    if (doubt === null) return heartbeat.standing === 'quarantined';
    await quarantine(within, context, { endpointId, organisationId }, { by: 'server', reason: doubt });
    return true;
  });
}

/** @returns why it is a copy; null: nothing says so. */
async function judge(
  within: Kysely<Tables>,
  context: ServerContext,
  { endpointId, organisationId }: { endpointId: string; organisationId: string },
  { bootId, machine, address }: Place,
  enrolledMachine: string | undefined,
): Promise<string | null> {
  const now = context.clock();
  await sql`
    insert into endpoint_place as p (organisation_id, endpoint_id, boot_id, machine, address, first_seen_at, last_seen_at)
    values (${organisationId}, ${endpointId}, ${bootId}, ${machine ?? null}, ${address}, ${now}, ${now})
    on conflict (endpoint_id, boot_id) do update set machine = excluded.machine, address = excluded.address,
      last_seen_at = excluded.last_seen_at, returns = p.returns + 1, returned_at = excluded.last_seen_at`.execute(
    within,
  );
  await sql`
    delete from endpoint_place where endpoint_id = ${endpointId} and boot_id in (
      select boot_id from endpoint_place where endpoint_id = ${endpointId}
      order by last_seen_at desc offset ${REMEMBERED})`.execute(within);
  const since = new Date(now.getTime() - RETURNS_WITHIN_MS);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from endpoint_place
    where endpoint_id = ${endpointId} and returned_at > ${since}`.execute(within);
  if (machine !== undefined && machine !== enrolledMachine)
    return `its key is used on another machine than the one that was enrolled, from ${address}`;
  if ((rows[0]?.count ?? 0) >= 2) return 'two machines speak with its key in turn: one of them is a copy of the other';
  return null;
}
