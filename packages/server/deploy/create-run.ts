import type { CreateRunRequest, Selection } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Actor, noteProposal, type Reach, reachCondition } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { publishRun } from './advance.ts';
import { snapshotForRun } from './snapshot-for-run.ts';

/**
 * Makes a run: its targets are asked for their plans by the reconciler. Nothing on any endpoint changes by this.
 *
 * @param reach what is beyond it is no endpoint of this run
 */
export async function createRun(
  context: ServerContext,
  operator: Actor,
  { name, endpoints, selection, content }: CreateRunRequest,
  reach: Reach,
): Promise<string> {
  const id = context.newId();
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const snapshot = content === undefined ? null : await snapshotForRun(within, operator.organisationId, content);
    await sql`
      insert into run (id, organisation_id, name, selection, state, explanation, created_at, created_by, target_count,
        snapshot_id)
      values (${id}, ${operator.organisationId}, ${name ?? defaultName(selection)}, ${JSON.stringify(selection)}::jsonb,
        'planning', 'endpoints are being asked for their plans', ${now}, ${operator.name}, 0,
        ${snapshot?.id ?? null})`.execute(within);
    const count = await insertTargets(within, id, operator.organisationId, endpoints, reach);
    await sql`update run set target_count = ${count} where id = ${id}`.execute(within);
    await noteProposal(within, operator, `run:${id}`, now);
    await publishRun(context, { id, organisation_id: operator.organisationId }, within);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'run-created',
        actor: operator.name,
        runId: id,
        summary: `${operator.name} asked ${count} ${count === 1 ? 'endpoint' : 'endpoints'} for plans (${selection.kind}${snapshot === null ? '' : `, from the snapshot ${snapshot.name}`})`,
        detail: { selection, endpointCount: count, snapshotId: snapshot?.id ?? null },
      },
    ]);
  });
  return id;
}

async function insertTargets(
  within: Kysely<Tables>,
  runId: string,
  organisationId: string,
  endpoints: CreateRunRequest['endpoints'],
  reach: Reach,
): Promise<number> {
  const which = endpoints === 'all' ? sql`true` : sql`e.id = any(${[...new Set(endpoints)]}::uuid[])`;
  const { rows } = await sql<{ endpoint_id: string }>`
    insert into run_target (run_id, endpoint_id, organisation_id)
    select ${runId}::uuid, e.id, e.organisation_id from endpoint e
    where e.organisation_id = ${organisationId} and e.removed_at is null and e.admission = 'admitted'
      and e.quarantined_at is null and ${which} and ${reachCondition(reach, sql`e.labels`)}
    returning endpoint_id`.execute(within);
  if (endpoints === 'all') {
    if (rows.length === 0)
      throw new HttpProblem(409, 'no-endpoints', {
        detail: 'No endpoint is enrolled yet.',
        hint: 'Make an enrolment token and run its command on an endpoint.',
      });
    return rows.length;
  }
  const found = new Set(rows.map((row) => row.endpoint_id));
  const missing = endpoints.filter((endpointId) => !found.has(endpointId));
  if (missing.length > 0)
    throw new HttpProblem(404, 'unknown-endpoint', {
      detail: `${missing.length} of the endpoints are unknown, not let in yet, or in quarantine; the first is ${missing[0]}.`,
    });
  return rows.length;
}

function defaultName(selection: Selection): string {
  if (selection.kind === 'security') return 'Security updates';
  if (selection.kind === 'all') return 'All updates';
  const names = selection.packages.map((item) => item.name);
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
