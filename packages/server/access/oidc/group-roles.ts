import { BUILT_IN_ROLE_IDS } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { authorityOf } from '../permissions/authority.ts';
import type { Principal } from '../principal.ts';
import { roleOf } from '../roles/role-of.ts';

/**
 * What a provider's groups bring is given, and taken, only by who has it.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 422 `unknown-role`
 */
export async function assertRolesNotBeyond(
  within: Kysely<Tables>,
  { organisationId, permissions: own }: Principal,
  roles: ReadonlySet<string>,
): Promise<void> {
  for (const roleId of roles) {
    const { permissions } = await roleOf(within, organisationId, roleId);
    assertNotBeyond(own, authorityOf(permissions));
  }
}

/** Those of the roles that there still are: a provider may name one that was removed meanwhile. */
export async function existingRoles(
  within: Kysely<Tables>,
  organisationId: string,
  roles: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select id::text from access_role
    where organisation_id = ${organisationId} and id::text = any(${[...roles]}::text[])`.execute(within);
  const own = new Set(rows.map(({ id }) => id));
  return new Set([...roles].filter((role) => own.has(role) || BUILT_IN_ROLE_IDS.some((id) => id === role)));
}
