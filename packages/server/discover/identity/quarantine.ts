import { type Kysely, sql } from 'kysely';
import { REMOVED_TOPIC } from '../../acquire/index.ts';
import type { ServerContext } from '../../context.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishEndpoint } from '../documents/adopt.ts';

interface Subject {
  readonly endpointId: string;
  readonly organisationId: string;
}

interface Decision {
  /** Who decided it, for the record. */
  readonly by: string;
  readonly reason: string;
}

/**
 * Keeps orders and content from an endpoint until somebody releases it; it may go on checking in, so that it is seen.
 *
 * @returns false: it is in quarantine already, or not there.
 */
export async function quarantine(
  within: Kysely<Tables>,
  context: ServerContext,
  subject: Subject,
  { by, reason }: Decision,
): Promise<boolean> {
  const { endpointId, organisationId } = subject;
  const now = context.clock();
  const { rows } = await sql<{ hostname: string }>`
    update endpoint set quarantined_at = ${now}, quarantined_by = ${by}, quarantine_reason = ${reason},
      keeping_boot_id = null
    where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null and quarantined_at is null
    returning hostname`.execute(within);
  const [endpoint] = rows;
  if (endpoint === undefined) return false;
  await recallOrders(within, context, subject);
  await publishEndpoint(context, subject, within);
  // Tickets for content that it has count no more, on no replica.
  await context.events.publish({ organisationId, topic: REMOVED_TOPIC, key: endpointId }, within);
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'endpoint-quarantined',
      actor: by,
      endpointId,
      summary: `${endpoint.hostname} was put into quarantine: ${reason}`,
      detail: { hostname: endpoint.hostname, reason },
    },
  ]);
  return true;
}

/** Gives an endpoint orders and content again. @returns false: it is not in quarantine, or not there. */
export async function release(
  within: Kysely<Tables>,
  context: ServerContext,
  subject: Subject,
  { by, reason }: Decision,
): Promise<boolean> {
  const { endpointId, organisationId } = subject;
  const now = context.clock();
  const { rows } = await sql<{ hostname: string }>`
    update endpoint set quarantined_at = null, quarantined_by = null, quarantine_reason = null, keeping_boot_id = null
    where id = ${endpointId} and organisation_id = ${organisationId} and removed_at is null and quarantined_at is not null
    returning hostname`.execute(within);
  const [endpoint] = rows;
  if (endpoint === undefined) return false;
  // What was seen before is decided on; only what happens from now on is a doubt again.
  await sql`update endpoint_place set returned_at = null where endpoint_id = ${endpointId}`.execute(within);
  await sql`delete from endpoint_collision where endpoint_id = ${endpointId}`.execute(within);
  await publishEndpoint(context, subject, within);
  await context.events.publish({ organisationId, topic: REMOVED_TOPIC, key: endpointId }, within);
  await pokeRuns(within, context, subject);
  // Its held request may have something to fetch.
  await context.events.publish({ organisationId, topic: 'orders', key: endpointId }, within);
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'endpoint-released',
      actor: by,
      endpointId,
      summary: `${endpoint.hostname} was released from quarantine: ${reason}`,
      detail: { hostname: endpoint.hostname, reason },
    },
  ]);
  return true;
}

/**
 * Orders of runs are called back by the reconciler, which has their locks in the right order and does it whenever this is cut off.
 * Scans are of no run; one that was not fetched waits.
 */
async function recallOrders(within: Kysely<Tables>, context: ServerContext, subject: Subject): Promise<void> {
  const { endpointId, organisationId } = subject;
  const now = context.clock();
  await sql`
    update endpoint_order set cancel_requested_at = ${now}
    where endpoint_id = ${endpointId} and run_id is null and delivered_at is not null and outcome_at is null
      and closed_at is null and cancel_requested_at is null`.execute(within);
  await pokeRuns(within, context, subject);
  await context.events.publish({ organisationId, topic: 'orders', key: endpointId }, within);
}

/** What its runs do next changed. */
async function pokeRuns(
  within: Kysely<Tables>,
  context: ServerContext,
  { endpointId, organisationId }: Subject,
): Promise<void> {
  const { rows } = await sql<{ run_id: string }>`
    select t.run_id from run_target t join run r on r.id = t.run_id
    where t.endpoint_id = ${endpointId} and (t.under_way or r.state in ('planning', 'awaiting-approval', 'running'))`.execute(
    within,
  );
  for (const { run_id: runId } of rows)
    await context.events.publish(
      { organisationId, topic: 'run', key: runId, live: { kind: 'run-changed', runId } },
      within,
    );
}
