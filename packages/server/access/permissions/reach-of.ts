import type { FastifyRequest } from 'fastify';
import { operatorOf } from '../principal.ts';
import { routeName } from './route-name.ts';
import { EVERYWHERE, type Reach } from './reach.ts';
import { ROUTE_PERMISSIONS } from './route-permissions.ts';

const NOWHERE: Reach = { kind: 'labels', anyOf: [] };

/** Which endpoints the caller may see or act on by this route: as far as they have the permission that it needs. */
export function reachOf(request: FastifyRequest): Reach {
  const needed = ROUTE_PERMISSIONS[routeName(request.method, request.routeOptions.url ?? '')];
  if (needed === 'self') return EVERYWHERE;
  return needed === undefined ? NOWHERE : (operatorOf(request).permissions.get(needed) ?? NOWHERE);
}
