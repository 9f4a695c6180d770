import {
  API,
  EndpointDetail,
  EndpointList,
  EndpointListQuery,
  EndpointPackages,
  EndpointUpdates,
  Uuid,
} from '@thimble/protocol';
import { sql } from 'kysely';
import { Gauge } from 'prom-client';
import { Type } from 'typebox';
import { operatorOf, reachOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { endpointDetail, endpointPackages, endpointUpdates } from './endpoint-detail.ts';
import { listEndpoints, stateExpression } from './endpoint-list.ts';

const Parameters = Type.Object({ id: Uuid });
const config = { access: 'operator' } as const;

/** The fleet and its members, for people and programs. */
export function registerEndpointRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/endpoints`,
    { config, schema: { summary: 'Endpoints', querystring: EndpointListQuery, response: { 200: EndpointList } } },
    async (request) => listEndpoints(context, operatorOf(request).organisationId, request.query, reachOf(request)),
  );
  app.get(
    `${API}/endpoints/:id`,
    { config, schema: { summary: 'One endpoint', params: Parameters, response: { 200: EndpointDetail } } },
    async (request) => endpointDetail(context, operatorOf(request).organisationId, request.params.id),
  );
  app.get(
    `${API}/endpoints/:id/packages`,
    { config, schema: { summary: 'What is installed', params: Parameters, response: { 200: EndpointPackages } } },
    async (request) => endpointPackages(context, operatorOf(request).organisationId, request.params.id),
  );
  app.get(
    `${API}/endpoints/:id/updates`,
    { config, schema: { summary: 'Pending updates', params: Parameters, response: { 200: EndpointUpdates } } },
    async (request) => endpointUpdates(context, operatorOf(request).organisationId, request.params.id),
  );
  new Gauge({
    name: 'thimble_endpoints',
    help: 'Endpoints by state.',
    labelNames: ['state'],
    registers: [context.metrics],
    async collect() {
      const state = stateExpression(context);
      const { rows } = await sql<{ state: string; count: number }>`
        select ${state} as state, count(*) as count from endpoint e join heartbeat h on h.endpoint_id = e.id
        where e.removed_at is null group by 1`.execute(context.database.kysely);
      this.reset();
      for (const row of rows) this.set({ state: row.state }, row.count);
    },
  });
}
