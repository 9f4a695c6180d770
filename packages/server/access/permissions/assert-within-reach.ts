import type { FastifyRequest } from 'fastify';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import type { Principal } from '../principal.ts';
import { reachCondition, rolloutReachCondition, runReachCondition } from './reach-condition.ts';
import { reachOf } from './reach-of.ts';
import { routeName } from './route-name.ts';
import { ROUTE_REACH } from './route-reach.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What is beyond reach is as if it were not there.
 *
 * @throws HttpProblem 403 `whole-organisation-only`; 404 `unknown-endpoint`, `unknown-run`, `unknown-rollout`
 */
export async function assertWithinReach(
  kysely: Kysely<Tables>,
  request: FastifyRequest,
  { organisationId }: Principal,
): Promise<void> {
  const reach = reachOf(request);
  if (reach.kind === 'all') return;
  const kind = ROUTE_REACH[routeName(request.method, request.routeOptions.url ?? '')];
  switch (kind) {
    case 'none':
    case 'filtered':
      return;
    case 'endpoint':
      return assertThere(
        kysely,
        'endpoint',
        (id) => sql`
        select 1 from endpoint e where e.id = ${id} and e.organisation_id = ${organisationId}
          and ${reachCondition(reach, sql`e.labels`)}`,
        request,
      );
    case 'run':
      return assertThere(
        kysely,
        'run',
        (id) => sql`
        select 1 from run r where r.id = ${id} and r.organisation_id = ${organisationId}
          and ${runReachCondition(reach, sql`r.id`)}`,
        request,
      );
    case 'rollout':
      return assertThere(
        kysely,
        'rollout',
        (id) => sql`
        select 1 from rollout o where o.id = ${id} and o.organisation_id = ${organisationId}
          and ${rolloutReachCondition(reach, sql`o.id`)}`,
        request,
      );
    case undefined:
      throw new HttpProblem(403, 'whole-organisation-only', {
        detail: 'Your role is for some endpoints only, and this is about the whole organisation.',
      });
    default:
      return kind satisfies never;
  }
}

async function assertThere(
  kysely: Kysely<Tables>,
  what: 'endpoint' | 'run' | 'rollout',
  find: (id: string) => RawBuilder<unknown>,
  { params }: FastifyRequest,
): Promise<void> {
  const id = typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : '';
  // The schema, which would refuse another form of id, is looked at later.
  if (ID.test(id) && (await find(id).execute(kysely)).rows.length > 0) return;
  throw new HttpProblem(404, `unknown-${what}`, { detail: `There is no such ${what}.` });
}
