import { API, EndpointHistory, type Envelope, EvidenceList, RunEvidence, Uuid } from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { readRun, runDetail } from '../deploy/index.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { countEvidence, readEvidence } from './read-evidence.ts';
import { createChainCheck } from './verify/chain-check.ts';

const config = { access: 'operator' } as const;
const RECORDS_SHOWN = 200;
const HISTORY_SHOWN = 500;
/** All of one run: 10,000 endpoints leave about five records each. */
const RUN_RECORDS = 200_000;

export function registerReportRoutes(app: App, context: ServerContext): void {
  const { kysely } = context.database;
  const checkChain = createChainCheck(context);
  app.get(
    `${API}/evidence`,
    {
      config,
      schema: {
        summary: 'The evidence, newest first, and whether all of it holds',
        querystring: Type.Object({
          runId: Type.Optional(Uuid),
          endpointId: Type.Optional(Uuid),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })),
          before: Type.Optional(Type.Integer({ minimum: 0 })),
        }),
        response: { 200: EvidenceList },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const { runId, endpointId, limit, before } = request.query;
      const parts: RawBuilder<unknown>[] = [sql`true`];
      if (runId !== undefined) parts.push(sql`run_id = ${runId}`);
      if (endpointId !== undefined) parts.push(sql`endpoint_id = ${endpointId}`);
      const which = sql.join(parts, sql` and `);
      const page = before === undefined ? which : sql`${which} and sequence < ${before}`;
      const items = await readEvidence(kysely, organisationId, page, limit ?? RECORDS_SHOWN);
      return {
        items,
        total: await countEvidence(kysely, organisationId, which),
        chain: await checkChain(organisationId, items),
      };
    },
  );
  app.get(
    `${API}/runs/:id/evidence`,
    {
      config,
      schema: {
        summary: 'All evidence of a run, checkable off line',
        params: Type.Object({ id: Uuid }),
        response: { 200: RunEvidence },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const run = await readRun(kysely, request.params.id, 'none');
      if (run === undefined || run.organisation_id !== organisationId)
        throw new HttpProblem(404, 'unknown-run', { detail: 'There is no such run.' });
      const envelopes = await sql<{ envelope: Envelope }>`
        select envelope from endpoint_order where run_id = ${run.id} order by issued_at, id`.execute(kysely);
      return {
        format: 1 as const,
        run: await runDetail(kysely, context, run),
        envelopes: envelopes.rows.map(({ envelope }) => envelope),
        records: await readEvidence(kysely, organisationId, sql`run_id = ${run.id}`, RUN_RECORDS, 'oldest-first'),
      };
    },
  );
  app.get(
    `${API}/endpoints/:id/history`,
    {
      config,
      schema: { summary: 'What happened', params: Type.Object({ id: Uuid }), response: { 200: EndpointHistory } },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const { id } = request.params;
      const known = await sql`select 1 from endpoint where id = ${id} and organisation_id = ${organisationId}`.execute(
        kysely,
      );
      if (known.rows.length === 0)
        throw new HttpProblem(404, 'unknown-endpoint', { detail: 'There is no such endpoint.' });
      const records = await readEvidence(kysely, organisationId, sql`endpoint_id = ${id}`, HISTORY_SHOWN);
      return {
        items: records.map(({ at, kind, summary, runId }) => ({ at, kind, message: summary, runId })),
      };
    },
  );
}
