import { ORGANISATION_HEADER, PERMISSION_NAMES } from '@thimble/protocol';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { HttpProblem } from '../http/problem.ts';
import type { AccessContext } from './context.ts';
import { authorityOf } from './permissions/authority.ts';
import { permissionsOf } from './permissions/permissions-of.ts';
import type { Principal } from './principal.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The caller in the organisation that the request names; without such a header, in their own. Whether there is such an
 * organisation is nobody's business who may do nothing in it.
 *
 * @throws HttpProblem 400 `bad-organisation`; 403 `not-permitted`
 */
export async function actIn(
  { database }: Pick<AccessContext, 'database'>,
  request: FastifyRequest,
  principal: Principal,
): Promise<Principal> {
  const named = request.headers[ORGANISATION_HEADER] ?? namedByAddress(request);
  if (named === undefined || named === principal.organisationId) return principal;
  if (typeof named !== 'string' || !UUID.test(named))
    throw new HttpProblem(400, 'bad-organisation', {
      detail: `The organisation in which to act (${ORGANISATION_HEADER}) is no id.`,
    });
  const permissions =
    principal.kind === 'local' ? await anything(database, named) : await permissionsHere(database, principal, named);
  if (permissions.size === 0)
    throw new HttpProblem(403, 'not-permitted', {
      detail: 'You may do nothing in this organisation.',
      hint: 'An administrator of it, or of one above it, can give you a role there.',
    });
  return { ...principal, organisationId: named, permissions };
}

/** A browser gives no header of ours to a stream of events, nor when it follows a link to a file. */
function namedByAddress({ method, query }: FastifyRequest): unknown {
  return method === 'GET' ? (query as { readonly organisation?: unknown }).organisation : undefined;
}

async function permissionsHere(database: AccessContext['database'], principal: Principal, organisationId: string) {
  // A token was made in one organisation, by who knew what it is for there.
  if (principal.kind !== 'person') return authorityOf([]);
  return permissionsOf(database.kysely, principal.id, organisationId);
}

/** Over the server's own socket. */
async function anything({ kysely }: AccessContext['database'], organisationId: string) {
  const { rows } = await sql`
    select 1 from organisation where id = ${organisationId} and archived_at is null`.execute(kysely);
  return authorityOf(rows.length === 0 ? [] : PERMISSION_NAMES);
}
