import type { Permission } from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { Principal } from '../principal.ts';
import { routeName } from './route-name.ts';
import { ROUTE_PERMISSIONS } from './route-permissions.ts';

/** @throws HttpProblem 403 `not-permitted`, which names the permission that is missing */
export function assertPermitted(request: FastifyRequest, principal: Principal): void {
  const needed = ROUTE_PERMISSIONS[routeName(request.method, request.routeOptions.url ?? '')];
  if (needed === 'self') return;
  if (needed === undefined || !principal.permissions.has(needed)) throw notPermitted(needed);
}

function notPermitted(needed: Permission | undefined): HttpProblem {
  return new HttpProblem(403, 'not-permitted', {
    detail: needed === undefined ? 'Nobody may do this.' : `Your roles do not allow this: it needs ${needed}.`,
    hint: 'An administrator of the organisation can give you a role that does.',
  });
}
