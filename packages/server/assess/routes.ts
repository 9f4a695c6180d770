import { API, FleetUpdateList, Finding, FindingList, Overview, Uuid } from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';
import { Type } from 'typebox';
import { operatorOf, reachCondition, reachOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { assertEndpoint } from '../discover/index.ts';
import type { App } from '../http/app.ts';
import { fleetUpdates, pattern } from './fleet-updates.ts';
import { overview } from './overview.ts';

const config = { access: 'operator' } as const;
const FINDINGS_SHOWN = 1000;

export function registerAssessRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/overview`,
    { config, schema: { summary: 'The fleet at a glance', response: { 200: Overview } } },
    async (request) => overview(context, operatorOf(request).organisationId, reachOf(request)),
  );
  app.get(
    `${API}/updates`,
    {
      config,
      schema: {
        summary: 'Pending updates across the fleet',
        querystring: Type.Object({
          search: Type.Optional(Type.String({ maxLength: 200 })),
          security: Type.Optional(Type.Boolean()),
        }),
        response: { 200: FleetUpdateList },
      },
    },
    async (request) => {
      const within = reachCondition(reachOf(request), sql`e.labels`);
      return fleetUpdates(context, operatorOf(request).organisationId, { ...request.query, within });
    },
  );
  app.get(
    `${API}/findings`,
    {
      config,
      schema: {
        summary: 'Findings across the fleet',
        querystring: Type.Object({
          state: Type.Optional(Finding.properties.state),
          search: Type.Optional(Type.String({ maxLength: 200 })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
        }),
        response: { 200: FindingList },
      },
    },
    async (request) => {
      const { state, search, limit } = request.query;
      const parts = [reachCondition(reachOf(request), sql`e.labels`)];
      if (state !== undefined) parts.push(sql`f.state = ${state}`);
      if (search !== undefined && search !== '')
        parts.push(sql`(f.package ilike ${pattern(search)} or e.hostname ilike ${pattern(search)})`);
      const where = sql.join(parts, sql` and `);
      return findings(context, operatorOf(request).organisationId, where, limit ?? FINDINGS_SHOWN);
    },
  );
  app.get(
    `${API}/endpoints/:id/findings`,
    { config, schema: { summary: 'Findings', params: Type.Object({ id: Uuid }), response: { 200: FindingList } } },
    async (request) => {
      const { organisationId } = operatorOf(request);
      await assertEndpoint(context, organisationId, request.params.id);
      return findings(context, organisationId, sql`f.endpoint_id = ${request.params.id}`, FINDINGS_SHOWN);
    },
  );
}

async function findings(
  context: ServerContext,
  organisationId: string,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<FindingList> {
  const own = sql`f.organisation_id = ${organisationId} and ${where}`;
  const { rows } = await sql<{
    id: string;
    endpoint_id: string;
    hostname: string;
    package: string;
    architecture: string;
    source: string;
    installed: string;
    fixed: string;
    state: Finding['state'];
    explanation: string;
    opened_at: Date;
    closed_at: Date | null;
  }>`
    select f.*, e.hostname from finding f join endpoint e on e.id = f.endpoint_id
    where ${own} order by f.closed_at desc nulls first, f.opened_at desc, f.package, f.id limit ${limit}`.execute(
    context.database.kysely,
  );
  const counted = await sql<{ total: number }>`
    select count(*) as total from finding f join endpoint e on e.id = f.endpoint_id where ${own}`.execute(
    context.database.kysely,
  );
  return {
    items: rows.map((row) => ({
      id: row.id,
      endpointId: row.endpoint_id,
      hostname: row.hostname,
      package: row.package,
      architecture: row.architecture,
      source: row.source,
      installed: row.installed,
      fixed: row.fixed,
      state: row.state,
      explanation: row.explanation,
      openedAt: row.opened_at.toISOString(),
      closedAt: row.closed_at?.toISOString() ?? null,
    })),
    total: counted.rows[0]?.total ?? 0,
  };
}
