import {
  API,
  ApproveRunRequest,
  CreateRunRequest,
  RunActionRequest,
  RunDetail,
  RunList,
  type RunSummary,
  Uuid,
} from '@thimble/protocol';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf, type Reach, reachOf, runReachCondition } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { approveRun, unknownRun } from './approve-run.ts';
import { createRun } from './create-run.ts';
import { reconcileRun } from './advance.ts';
import { readRun, RUN_COLUMNS, RUN_JOINS, type RunRow } from './load-targets.ts';
import { requestAction } from './request-action.ts';
import { runDetail, summaryOf } from './run-detail.ts';

const Parameters = Type.Object({ id: Uuid });
/** A list of 100,000 endpoint ids is about 4 MB. */
const RUN_BODY_BYTES = 8 * 1024 * 1024;
/** What a request waits for; a larger run is moved on by the reconciler while its page is already shown. */
const CHUNKS_INLINE = 2;
const RUNS_SHOWN = 200;

export function registerRunRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  const detail = async (organisationId: string, runId: string): Promise<RunDetail> => {
    const run = await readRun(kysely, runId, 'none');
    if (run === undefined || run.organisation_id !== organisationId) throw unknownRun();
    return runDetail(kysely, context, run);
  };
  app.get(
    `${API}/runs`,
    { config: { access: 'operator' }, schema: { summary: 'Patch runs, newest first', response: { 200: RunList } } },
    async (request) => listRuns(context, operatorOf(request).organisationId, reachOf(request)),
  );
  app.post(
    `${API}/runs`,
    {
      config: { access: 'operator' },
      bodyLimit: RUN_BODY_BYTES,
      schema: { summary: 'Ask endpoints for plans', body: CreateRunRequest, response: { 201: RunDetail } },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const id = await createRun(context, operator, request.body, reachOf(request));
      await reconcileRun(context, id, 'update', CHUNKS_INLINE);
      return reply.code(201).send(await detail(operator.organisationId, id));
    },
  );
  app.get(
    `${API}/runs/:id`,
    {
      config: { access: 'operator' },
      schema: { summary: 'One run', params: Parameters, response: { 200: RunDetail } },
    },
    async (request) => detail(operatorOf(request).organisationId, request.params.id),
  );
  app.post(
    `${API}/runs/:id/approve`,
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Approve exact transactions',
        params: Parameters,
        body: ApproveRunRequest,
        response: { 200: RunDetail },
      },
    },
    async (request) => {
      const operator = operatorOf(request);
      await approveRun(context, operator, request.params.id, request.body);
      await reconcileRun(context, request.params.id, 'update', CHUNKS_INLINE);
      return detail(operator.organisationId, request.params.id);
    },
  );
  for (const action of ['cancel', 'retry', 'roll-back', 'reboot', 'restart-services', 'pre-stage', 'trial'] as const)
    app.post(
      `${API}/runs/:id/${action}`,
      {
        config: { access: 'operator' },
        bodyLimit: RUN_BODY_BYTES,
        schema: {
          summary: `${action}: all or some of its endpoints`,
          params: Parameters,
          body: RunActionRequest,
          response: { 200: RunDetail },
        },
      },
      async (request) => {
        const operator = operatorOf(request);
        await requestAction(context, operator, request.params.id, action, request.body.endpoints);
        await reconcileRun(context, request.params.id, 'update', CHUNKS_INLINE);
        return detail(operator.organisationId, request.params.id);
      },
    );
}

async function listRuns(context: ServerContext, organisationId: string, reach: Reach): Promise<RunList> {
  const { kysely } = context.database;
  const where = sql`r.organisation_id = ${organisationId} and ${runReachCondition(reach, sql`r.id`)}`;
  const { rows } = await sql<RunRow & { counts: RunSummary['counts']; total: number }>`
    select ${RUN_COLUMNS}, (select count(*) from run r where ${where}) as total,
      coalesce((select jsonb_object_agg(c.state, c.count) from (
        select state, count(*) as count from run_target t where t.run_id = r.id group by state) c), '{}') as counts
    from run r ${RUN_JOINS} where ${where}
    order by r.created_at desc, r.id desc limit ${RUNS_SHOWN}`.execute(kysely);
  return { items: rows.map((row) => summaryOf(row, row.counts)), total: rows[0]?.total ?? 0 };
}
