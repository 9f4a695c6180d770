import {
  API,
  AffectedEndpoint,
  AffectedEndpointList,
  EndpointVulnerabilityList,
  ExplainedPriority,
  Explanation,
  FleetGapList,
  NextPatches,
  OverrideRequest,
  RiskSeries,
  Timestamp,
  Uuid,
  VulnerabilityDetail,
  VulnerabilityId,
  VulnerabilityList,
  VulnerabilityListQuery,
} from '@thimble/protocol';
import { Type } from 'typebox';
import { operatorOf, reachOf } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { assertEndpoint } from '../../discover/index.ts';
import type { App } from '../../http/app.ts';
import { HttpProblem } from '../../http/index.ts';
import { explain } from '../explain/explain.ts';
import { affectedEndpoints } from '../findings/affected-endpoints.ts';
import { endpointVulnerabilities } from '../findings/endpoint-vulnerabilities.ts';
import { fleetGaps } from '../gaps/fleet-gaps.ts';
import { PATCHES_LIMIT } from '../next-patches/best-patches.ts';
import { endpointPatches, fleetPatches } from '../next-patches/read-patches.ts';
import { endOverride, setOverride } from '../overrides/set-override.ts';
import { vulnerabilityDetail } from './detail.ts';
import { listVulnerabilities } from './list.ts';
import { riskSeries } from './risk.ts';

const config = { access: 'operator' } as const;
const ENDPOINTS_SHOWN = 500;
const ByVulnerability = Type.Object({ id: VulnerabilityId });
const ByEndpoint = Type.Object({ id: Uuid });
const AsOf = Type.Optional(Timestamp);

/** What the fleet is exposed to, why we say so, and what to do first. */
export function registerVulnerabilityRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/vulnerabilities`,
    {
      config,
      schema: {
        summary: 'Vulnerabilities across the fleet',
        querystring: VulnerabilityListQuery,
        response: { 200: VulnerabilityList },
      },
    },
    async (request) =>
      listVulnerabilities(context, operatorOf(request).organisationId, reachOf(request), request.query),
  );
  app.get(
    `${API}/vulnerabilities/:id`,
    {
      config,
      schema: { summary: 'One vulnerability', params: ByVulnerability, response: { 200: VulnerabilityDetail } },
    },
    async (request) =>
      vulnerabilityDetail(context, operatorOf(request).organisationId, reachOf(request), request.params.id),
  );
  app.get(
    `${API}/vulnerabilities/:id/endpoints`,
    {
      config,
      schema: {
        summary: 'Endpoints that have it, now or at another time',
        params: ByVulnerability,
        querystring: Type.Object({
          asOf: AsOf,
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
        }),
        response: { 200: AffectedEndpointList },
      },
    },
    async (request) => {
      const { asOf, limit } = request.query;
      const at = momentOf(context, asOf);
      const { organisationId } = operatorOf(request);
      return affectedEndpoints(
        context,
        organisationId,
        reachOf(request),
        request.params.id,
        at,
        limit ?? ENDPOINTS_SHOWN,
      );
    },
  );
  registerOverrideRoutes(app, context);
  registerEndpointRoutes(app, context);
  registerFleetRoutes(app, context);
}

function registerOverrideRoutes(app: App, context: ServerContext): void {
  app.put(
    `${API}/vulnerabilities/:id/override`,
    {
      config,
      schema: {
        summary: 'Put another judgement in the place of what is computed',
        params: ByVulnerability,
        body: OverrideRequest,
        response: { 200: ExplainedPriority },
      },
    },
    async (request) => {
      const priority = await setOverride(context, operatorOf(request), request.params.id, request.body);
      await context.events.publish({ organisationId: '', topic: 'assessment', key: '' });
      return priority;
    },
  );
  app.delete(
    `${API}/vulnerabilities/:id/override`,
    { config, schema: { summary: 'End an override', params: ByVulnerability } },
    async (request, reply) => {
      await endOverride(context, operatorOf(request), request.params.id);
      await context.events.publish({ organisationId: '', topic: 'assessment', key: '' });
      return reply.code(204).send();
    },
  );
}

function registerEndpointRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/endpoints/:id/vulnerabilities`,
    {
      config,
      schema: {
        summary: 'What one endpoint has, now or at another time',
        params: ByEndpoint,
        querystring: Type.Object({ state: Type.Optional(AffectedEndpoint.properties.state), asOf: AsOf }),
        response: { 200: EndpointVulnerabilityList },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const { state, asOf } = request.query;
      await assertEndpoint(context, organisationId, request.params.id);
      const at = momentOf(context, asOf);
      const list = await endpointVulnerabilities(context, organisationId, request.params.id, at);
      if (state === undefined) return list;
      const items = list.items.filter((item) => item.state === state);
      return { ...list, items, total: items.length };
    },
  );
  app.get(
    `${API}/explain`,
    {
      config,
      schema: {
        summary: 'Why we say so',
        querystring: Type.Object({
          vulnerability: VulnerabilityId,
          package: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
          endpointId: Type.Optional(Uuid),
          asOf: AsOf,
        }),
        response: { 200: Explanation },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const reach = reachOf(request);
      const { vulnerability, package: name, endpointId, asOf } = request.query;
      if (name === undefined && endpointId === undefined)
        throw new HttpProblem(400, 'invalid-request', { detail: 'Give a package, an endpointId, or both.' });
      if (endpointId !== undefined) await assertEndpoint(context, organisationId, endpointId, reach);
      return explain(context, organisationId, {
        vulnerability,
        package: name ?? null,
        endpointId: endpointId ?? null,
        at: momentOf(context, asOf),
        reach,
      });
    },
  );
}

function registerFleetRoutes(app: App, context: ServerContext): void {
  app.get(
    `${API}/gaps`,
    { config, schema: { summary: 'What could not be assessed', response: { 200: FleetGapList } } },
    async (request) => fleetGaps(context, operatorOf(request).organisationId, reachOf(request)),
  );
  app.get(
    `${API}/risk`,
    { config, schema: { summary: 'The fleet’s risk over time', response: { 200: RiskSeries } } },
    async (request) => riskSeries(context, operatorOf(request).organisationId, reachOf(request)),
  );
  app.get(
    `${API}/next-patches`,
    {
      config,
      schema: {
        summary: 'The fewest updates that remove the most risk',
        querystring: Type.Object({
          endpointId: Type.Optional(Uuid),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PATCHES_LIMIT })),
        }),
        response: { 200: NextPatches },
      },
    },
    async (request) => {
      const { organisationId } = operatorOf(request);
      const reach = reachOf(request);
      const { endpointId, limit } = request.query;
      if (endpointId === undefined) return fleetPatches(context, organisationId, reach, limit ?? 20);
      const hostname = await assertEndpoint(context, organisationId, endpointId, reach);
      const endpoint = { id: endpointId, hostname };
      return endpointPatches(context, organisationId, endpoint, limit ?? 20);
    },
  );
}

/** @throws HttpProblem 400 for a time to come: of it nothing is known. */
function momentOf({ clock }: Pick<ServerContext, 'clock'>, asOf: string | undefined): Date | null {
  if (asOf === undefined) return null;
  const at = new Date(asOf);
  if (Number.isNaN(at.getTime())) throw new HttpProblem(400, 'invalid-request', { detail: `${asOf} is no time.` });
  if (at > clock()) throw new HttpProblem(400, 'not-yet', { detail: 'asOf lies ahead: nothing is known of it.' });
  return at;
}
