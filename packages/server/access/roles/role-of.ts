import { BUILT_IN_ROLES, BUILT_IN_ROLE_IDS, type Permission } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import { knownPermissions } from '../permissions/permissions-of.ts';

/**
 * A role of an organisation. It is locked as long as the transaction lasts, so that it neither grows nor goes meanwhile.
 *
 * @throws HttpProblem 422 `unknown-role`, also for a role of another organisation
 */
export async function roleOf(
  within: Kysely<Tables>,
  organisationId: string,
  roleId: string,
): Promise<{ readonly name: string; readonly permissions: readonly Permission[] }> {
  const builtIn = BUILT_IN_ROLE_IDS.find((id) => id === roleId);
  if (builtIn !== undefined) return { name: builtIn, permissions: BUILT_IN_ROLES[builtIn].permissions };
  const { rows } = await sql<{ name: string; permissions: string[] }>`
    select name, permissions from access_role where organisation_id = ${organisationId} and id::text = ${roleId} for share`.execute(
    within,
  );
  const [row] = rows;
  if (row === undefined)
    throw new HttpProblem(422, 'unknown-role', { detail: `There is no role ${roleId} in this organisation.` });
  return { name: row.name, permissions: knownPermissions(row.permissions) };
}

/** @param own the name of a role that the organisation made */
export function nameOfRole(roleId: string, own: string | null): string {
  return own ?? roleId;
}
