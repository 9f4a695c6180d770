import type { Permission } from '@thimble/protocol';
import { ROUTE_PERMISSIONS } from '../permissions/route-permissions.ts';

/**
 * What they allow outlives the session that did it: somebody can come back later, in another's name, from another machine, or
 * what is told to others changes. So each change by them needs a proof that the person is there.
 */
export const LASTING_PERMISSIONS: ReadonlySet<Permission> = new Set([
  'people:write',
  'tokens:write',
  'organisation:write',
  'approvers:write',
  'server:operate',
  'evidence:export',
  'endpoints:enrol',
]);

/** Of other permissions, but no less lasting: whose keys vouch for what is installed. */
const ALSO_CONFIRMED: ReadonlySet<string> = new Set(['POST /content/repositories', 'PUT /content/repositories/:id']);

/** Changes by those permissions that need no proof, each with the reason. */
export const UNCONFIRMED_ROUTES: ReadonlyMap<string, string> = new Map([
  ['DELETE /session', 'ends something, which must not wait'],
  ['POST /session/confirm', 'is the proof'],
  ['DELETE /me/sessions', 'ends something, which must not wait'],
  ['DELETE /me/sessions/:id', 'ends something, which must not wait'],
  ['DELETE /people/:id/sessions', 'ends something, which must not wait'],
  ['DELETE /tokens/:id', 'ends something, which must not wait'],
  ['DELETE /enrolment-tokens/:id', 'ends something, which must not wait'],
  ['POST /enrolment/refuse', 'lets nobody in'],
  ['POST /endpoints/:id/quarantine', 'stops something, which must not wait'],
  ['POST /identity-providers/:id/test', 'changes nothing'],
  ['POST /sign-in-links', 'is taken over the server’s own socket alone'],
  ['POST /evidence/checkpoint/cosign', 'the signature of the witness proves itself'],
]);

/** Changes of accounts: an API token can’t do them at all, as nobody is there to confirm it. */
const ONLY_PEOPLE: ReadonlySet<string> = new Set([
  'POST /people',
  'PUT /people/:id',
  'DELETE /people/:id',
  'POST /people/:id/link',
  'DELETE /people/:id/identities',
  'POST /identity-providers',
  'PUT /identity-providers/:id',
  'DELETE /identity-providers/:id',
  'PUT /sign-in-rules',
]);

/**
 * Whose proof a route needs, named as in ROUTE_PERMISSIONS. `people`: only people give one; `tokens`: so do API tokens that have
 * the permission, with every request; undefined: none. A route that is new and changes something lasting is in it by itself.
 */
export function confirmationOf(route: string): 'people' | 'tokens' | undefined {
  const needed = ROUTE_PERMISSIONS[route];
  if (needed === undefined || route.startsWith('GET ') || UNCONFIRMED_ROUTES.has(route)) return undefined;
  if (needed === 'self' || ONLY_PEOPLE.has(route)) return 'people';
  return LASTING_PERMISSIONS.has(needed) || ALSO_CONFIRMED.has(route) ? 'tokens' : undefined;
}
