import { HttpProblem } from '../../http/problem.ts';
import type { Principal } from '../principal.ts';
import { DEFAULT_ORGANISATION_ID } from '../tables.ts';

/** What changes something for all organisations of a server; only the first one's people decide that. Named as in ROUTE_PERMISSIONS. */
export const SERVER_WIDE_ROUTES: ReadonlySet<string> = new Set([
  'PUT /feeds/:id',
  'POST /feeds/:id/sync',
  'POST /feeds/import',
  'POST /content/collect',
]);

/** @throws HttpProblem 403 `server-wide` */
export function assertOwnMatter(route: string, { organisationId }: Principal): void {
  if (!SERVER_WIDE_ROUTES.has(route) || organisationId === DEFAULT_ORGANISATION_ID) return;
  throw new HttpProblem(403, 'server-wide', {
    detail: 'This changes something for all organisations of the server.',
    hint: 'Somebody of the server’s first organisation can do it.',
  });
}
