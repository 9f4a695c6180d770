import { type ApproverSet, isEnough } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { countedSignatures, readSignatures } from '../statements/read-signatures.ts';

/** Counts the signatures of all requests again, by another set: what people signed who are not in it any more counts for nothing. */
export async function recountRequests(
  within: Kysely<Tables>,
  context: ServerContext,
  organisationId: string,
  set: ApproverSet,
): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from approval_request
    where organisation_id = ${organisationId} and state <> 'withdrawn' and expires_at > ${context.clock()}
    order by id for update`.execute(within);
  const ids = rows.map(({ id }) => id);
  const signatures = await readSignatures(within, organisationId, ids);
  const granted = ids.filter((id) => isEnough(set, countedSignatures(signatures.get(id), set)));
  await sql`update approval_request set state = case when id = any(${granted}::uuid[]) then 'granted' else 'open' end
    where organisation_id = ${organisationId} and id = any(${ids}::uuid[])`.execute(within);
  for (const id of ids) await wakeTargets(within, context, id);
}

/** Whoever waits for a request is looked at again, when this transaction commits. */
export async function wakeTargets(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'events'>,
  approvalId: string,
): Promise<void> {
  const { rows } = await sql<{ run_id: string; organisation_id: string }>`
    select run_id, organisation_id from approval_request where id = ${approvalId}`.execute(within);
  const [run] = rows;
  if (run === undefined) return;
  // Locks in the order of the reconciler: the run, then its targets.
  await sql`select 1 from run where id = ${run.run_id} for no key update`.execute(within);
  await sql`update run_target t set under_way = true
    where t.run_id = ${run.run_id} and t.endpoint_id in (
      select s.endpoint_id from approval_scope s where s.approval_id = ${approvalId})`.execute(within);
  await context.events.publish(
    {
      organisationId: run.organisation_id,
      topic: 'run',
      key: run.run_id,
      live: { kind: 'run-changed', runId: run.run_id },
    },
    within,
  );
}
