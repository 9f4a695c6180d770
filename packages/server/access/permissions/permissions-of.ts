import { BUILT_IN_ROLES, BUILT_IN_ROLE_IDS, PERMISSION_NAMES, type Permission } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { type Authority, authorityOf, uniteAuthorities } from './authority.ts';
import { EVERYWHERE } from './reach.ts';

/**
 * What a person may do in an organisation now: all of their grants there together, and those above it that hold in clients,
 * too; nothing without one, when they are shut out, or when the organisation is archived.
 */
export async function permissionsOf(
  kysely: Kysely<Tables>,
  personId: string,
  organisationId: string,
): Promise<Authority> {
  return (await permissionsInEach(kysely, personId, [organisationId])).get(organisationId) ?? authorityOf([]);
}

/** The same for many organisations at once, by their ids; one in which they may do nothing is left out. */
export async function permissionsInEach(
  kysely: Kysely<Tables>,
  personId: string,
  organisationIds: readonly string[],
): Promise<ReadonlyMap<string, Authority>> {
  const { rows } = await sql<{
    id: string;
    role_id: string;
    permissions: readonly string[] | null;
    labels: Readonly<Record<string, string>> | null;
  }>`
    select o.id, g.role_id, r.permissions, g.labels
    from organisation o cross join lateral organisations_above(o.id) a
    join access_grant g on g.organisation_id = a.id and (a.distance = 0 or g.include_clients)
    join person p on p.id = g.person_id and p.disabled_at is null
    left join access_role r on r.organisation_id = g.organisation_id and r.id = g.own_role_id
    where o.id = any(${[...organisationIds]}::uuid[]) and o.archived_at is null and g.person_id = ${personId}`.execute(
    kysely,
  );
  const parts = Map.groupBy(rows, ({ id }) => id);
  return new Map(
    [...parts].map(([id, grants]) => [
      id,
      uniteAuthorities(
        grants.map(({ role_id, permissions, labels }) =>
          authorityOf(
            permissionsOfRole(role_id, permissions),
            labels === null ? EVERYWHERE : { kind: 'labels', anyOf: [labels] },
          ),
        ),
      ),
    ]),
  );
}

/** @param own of a role that the organisation made; a name in it that this version does not know allows nothing */
export function permissionsOfRole(roleId: string, own: readonly string[] | null): readonly Permission[] {
  const builtIn = BUILT_IN_ROLE_IDS.find((id) => id === roleId);
  if (builtIn !== undefined) return BUILT_IN_ROLES[builtIn].permissions;
  return knownPermissions(own ?? []);
}

export function knownPermissions(names: readonly string[]): readonly Permission[] {
  return PERMISSION_NAMES.filter((name) => names.includes(name));
}
