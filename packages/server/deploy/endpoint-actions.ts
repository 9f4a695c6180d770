import { API, Uuid } from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf } from '../access/index.ts';
import { REMOVED_TOPIC } from '../acquire/index.ts';
import { refreshEndpoint } from '../assess/index.ts';
import { assertNotHalted } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import { publishEndpoint } from '../discover/index.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import { issueOrder } from './issue-order.ts';

const Parameters = Type.Object({ id: Uuid });

/** Scan an endpoint now; take one out of the fleet. */
export function registerEndpointActions(app: App, context: ServerContext): void {
  app.post(
    `${API}/endpoints/:id/scan`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Order a scan', params: Parameters, response: { 202: Type.Object({ orderId: Uuid }) } },
    },
    async (request, reply) => {
      const orderId = await scan(context, operatorOf(request), request.params.id);
      return reply.code(202).send({ orderId });
    },
  );
  app.delete(
    `${API}/endpoints/:id`,
    {
      config: { access: 'operator' },
      schema: { summary: 'Remove an endpoint', params: Parameters, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      await removeEndpoint(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/** Asking twice gives the one order that is under way. */
async function scan(context: ServerContext, operator: Operator, endpointId: string): Promise<string> {
  return context.database.kysely.transaction().execute(async (within) => {
    const endpoint = await sql<{ taken: boolean }>`
      select admission = 'admitted' and quarantined_at is null as taken from endpoint where id = ${endpointId}
      and organisation_id = ${operator.organisationId} and removed_at is null for update`.execute(within);
    const [found] = endpoint.rows;
    if (found === undefined) throw unknownEndpoint();
    if (!found.taken)
      throw new HttpProblem(409, 'no-orders', { detail: 'This endpoint waits to be let in, or is in quarantine.' });
    await assertNotHalted(within, operator.organisationId);
    const open = await sql<{ id: string }>`
      select id from endpoint_order where endpoint_id = ${endpointId} and kind = 'scan'
        and outcome_at is null and closed_at is null and expires_at > ${context.clock()} limit 1`.execute(within);
    const [known] = open.rows;
    if (known !== undefined) return known.id;
    const order = {
      organisationId: operator.organisationId,
      endpointId,
      runId: null,
      body: { kind: 'scan' } as const,
      approvalId: null,
      actor: operator.name,
    };
    const record = await issueOrder(within, context, order);
    if (record === null) throw unknownEndpoint();
    await appendEvidence(within, [record]);
    return String(record.detail?.['orderId']);
  });
}

export async function removeEndpoint(context: ServerContext, operator: Operator, endpointId: string): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    // Targets first, as everywhere; the planner closes what is under way there.
    const runs = await sql<{ run_id: string }>`update run_target set under_way = true
      where endpoint_id = ${endpointId} and organisation_id = ${operator.organisationId}
        and (under_way or needs_approval or request is not null) returning run_id`.execute(within);
    const { rows } = await sql<{ hostname: string; keyid: string }>`
      update endpoint set removed_at = ${now}
      where id = ${endpointId} and organisation_id = ${operator.organisationId} and removed_at is null
      returning hostname, keyid`.execute(within);
    const [endpoint] = rows;
    if (endpoint === undefined) throw unknownEndpoint();
    // Without this row no request of it is accepted any more, on no replica.
    await sql`delete from heartbeat where endpoint_id = ${endpointId}`.execute(within);
    for (const table of [
      'endpoint_manifest',
      'endpoint_updates',
      'endpoint_repositories',
      'endpoint_system',
      'endpoint_kernel',
    ])
      await sql`update ${sql.table(table)} set valid_to = ${now}
        where endpoint_id = ${endpointId} and valid_to is null`.execute(within);
    await sql`update endpoint_order set closed_at = ${now}, closed_reason = 'endpoint-removed'
      where endpoint_id = ${endpointId} and run_id is null and outcome_at is null and closed_at is null`.execute(
      within,
    );
    await sql`update finding set state = 'closed', closed_at = ${now}, end_reason = 'endpoint-removed',
        explanation = 'the endpoint was removed'
      where endpoint_id = ${endpointId} and closed_at is null`.execute(within);
    await refreshEndpoint(within, context, endpointId);
    for (const { run_id: runId } of runs.rows)
      await context.events.publish(
        { organisationId: operator.organisationId, topic: 'run', key: runId, live: { kind: 'run-changed', runId } },
        within,
      );
    await publishEndpoint(context, { organisationId: operator.organisationId, endpointId }, within);
    // Its tickets for content count no more, on no replica.
    await context.events.publish(
      { organisationId: operator.organisationId, topic: REMOVED_TOPIC, key: endpointId },
      within,
    );
    // Ends a held request, which then learns that its endpoint is gone.
    await context.events.publish({ organisationId: operator.organisationId, topic: 'orders', key: endpointId }, within);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'endpoint-removed',
        actor: operator.name,
        endpointId,
        summary: `${operator.name} removed ${endpoint.hostname}`,
        detail: { keyid: endpoint.keyid, hostname: endpoint.hostname },
      },
    ]);
  });
}

export function unknownEndpoint(): HttpProblem {
  return new HttpProblem(404, 'unknown-endpoint', { detail: 'There is no such endpoint.' });
}
