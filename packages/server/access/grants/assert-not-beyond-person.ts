import { type Kysely, sql } from 'kysely';
import { asSystem, type Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { type Authority, authorityOf, uniteAuthorities } from '../permissions/authority.ts';
import { permissionsOf, permissionsOfRole } from '../permissions/permissions-of.ts';
import { EVERYWHERE } from '../permissions/reach.ts';
import type { Principal } from '../principal.ts';

/**
 * Whoever can change an account, or make a link for it, can be that person. So it takes all that the person has, in every
 * organisation, and also while they are shut out: letting them in again gives it back.
 *
 * @throws HttpProblem 403 `beyond-yourself`
 */
export async function assertNotBeyondPerson(
  { database: { kysely } }: Pick<AccessContext, 'database'>,
  operator: Principal,
  personId: string,
): Promise<void> {
  if (operator.kind === 'local') return;
  // Of other organisations a request sees nothing, and this has to.
  await asSystem(async () => {
    for (const [organisationId, held] of await heldBy(kysely, personId))
      assertNotBeyond(await ownIn(kysely, operator, organisationId), held);
  });
}

async function ownIn(kysely: Kysely<Tables>, operator: Principal, organisationId: string): Promise<Authority> {
  if (organisationId === operator.organisationId) return operator.permissions;
  // A token is for its organisation alone.
  if (operator.kind !== 'person' || operator.personId === null) return new Map();
  return permissionsOf(kysely, operator.personId, organisationId);
}

/** By organisation. */
async function heldBy(kysely: Kysely<Tables>, personId: string): Promise<ReadonlyMap<string, Authority>> {
  const { rows } = await sql<{
    organisation_id: string;
    role_id: string;
    permissions: readonly string[] | null;
    labels: Readonly<Record<string, string>> | null;
  }>`
    select g.organisation_id, g.role_id, r.permissions, g.labels from access_grant g
    left join access_role r on r.organisation_id = g.organisation_id and r.id = g.own_role_id
    where g.person_id = ${personId}`.execute(kysely);
  const held = new Map<string, Authority>();
  for (const row of rows) {
    const reach = row.labels === null ? EVERYWHERE : { kind: 'labels' as const, anyOf: [row.labels] };
    const part = authorityOf(permissionsOfRole(row.role_id, row.permissions), reach);
    held.set(row.organisation_id, uniteAuthorities([held.get(row.organisation_id) ?? new Map(), part]));
  }
  return held;
}
