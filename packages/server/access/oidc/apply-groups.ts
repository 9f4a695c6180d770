import type { Grant } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { writeGrants } from '../grants/write-grants.ts';
import { existingRoles } from './group-roles.ts';
import type { Provider } from './provider.ts';

/** The roles that a person's groups bring. */
export function rolesOfGroups({ groupRoles }: Provider, groups: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(groupRoles.filter(({ group }) => groups.has(group)).map(({ roleId }) => roleId));
}

/**
 * With each sign-in the roles follow the groups: what the provider gave before and its groups do not bring any more is taken
 * away. Roles that people gave stay.
 */
export async function applyGroups(
  context: AccessContext,
  within: Kysely<Tables>,
  { id, organisationId }: Provider,
  personId: string,
  roles: ReadonlySet<string>,
): Promise<void> {
  const actor = `identity provider ${id}`;
  const { rows } = await sql<Grant>`
    select role_id as "roleId", labels, include_clients as "includeClients" from access_grant
    where person_id = ${personId} and organisation_id = ${organisationId} and created_by <> ${actor}`.execute(within);
  // A role that is gone brings nothing, and must not keep those from going that the groups do not bring any more.
  const brought = await existingRoles(within, organisationId, roles);
  const grants = [...rows, ...[...brought].map((roleId) => ({ roleId, labels: null, includeClients: false }))];
  // An organisation keeps its last owner, whatever a provider says.
  await sql`savepoint groups`.execute(within);
  try {
    await writeGrants(within, context, { organisationId, personId, grants, actor });
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    await sql`rollback to savepoint groups`.execute(within);
    context.log.warn({ err: error, personId, provider: id }, 'roles do not follow the groups of an identity provider');
  }
}
