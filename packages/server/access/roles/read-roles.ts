import { BUILT_IN_ROLES, BUILT_IN_ROLE_IDS, type Role } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { knownPermissions } from '../permissions/permissions-of.ts';

/** The built-in roles first, as they are written, then the organisation's own by name. */
export async function readRoles(kysely: Kysely<Tables>, organisationId: string): Promise<Role[]> {
  const own = await sql<{ id: string; name: string; description: string; permissions: string[] }>`
    select id, name, description, permissions from access_role
    where organisation_id = ${organisationId} order by lower(name) limit ${OWN_ROLES_LIMIT}`.execute(kysely);
  const counted = await sql<{ role_id: string; count: number }>`
    select role_id, count(distinct person_id) as count from access_grant
    where organisation_id = ${organisationId} group by role_id`.execute(kysely);
  const counts = new Map(counted.rows.map((row) => [row.role_id, row.count]));
  return [
    ...BUILT_IN_ROLE_IDS.map((id) => ({
      id,
      name: id,
      description: BUILT_IN_ROLES[id].description,
      builtIn: true,
      permissions: [...BUILT_IN_ROLES[id].permissions],
      personCount: counts.get(id) ?? 0,
    })),
    ...own.rows.map(({ permissions, ...role }) => ({
      ...role,
      builtIn: false,
      permissions: [...knownPermissions(permissions)],
      personCount: counts.get(role.id) ?? 0,
    })),
  ];
}

/** More than people can tell apart. */
export const OWN_ROLES_LIMIT = 200;
