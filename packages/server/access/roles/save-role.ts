import { BUILT_IN_ROLE_IDS, type SaveRoleRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { ROLES_TOPIC } from '../access-topic.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { authorityOf } from '../permissions/authority.ts';
import { knownPermissions } from '../permissions/permissions-of.ts';
import type { Principal } from '../principal.ts';
import { OWN_ROLES_LIMIT } from './read-roles.ts';

/** @returns its id. @throws HttpProblem 403 `beyond-yourself`; 409 `name-taken`, `too-many-roles` */
export async function createRole(context: AccessContext, operator: Principal, role: SaveRoleRequest): Promise<string> {
  assertNotBeyond(operator.permissions, authorityOf(role.permissions));
  const id = context.newId();
  const now = context.clock();
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from access_role where organisation_id = ${organisationId}`.execute(within);
    if ((rows[0]?.count ?? 0) >= OWN_ROLES_LIMIT)
      throw new HttpProblem(409, 'too-many-roles', { detail: `An organisation has at most ${OWN_ROLES_LIMIT} roles.` });
    await assertNameIsFree(within, organisationId, id, role.name);
    await sql`
      insert into access_role (id, organisation_id, name, description, permissions, created_at, changed_at)
      values (${id}, ${organisationId}, ${role.name}, ${role.description ?? ''}, ${[...role.permissions]}::text[], ${now},
        ${now})`.execute(within);
    const summary = `${operator.name} made the role ${role.name}: ${role.permissions.join(', ') || 'no permission'}`;
    await appendEvidence(within, [
      { organisationId, at: now, kind: 'role-created', actor: operator.name, summary, detail: { roleId: id, ...role } },
    ]);
  });
  return id;
}

/**
 * What it was and what it becomes have to be the editor's own: else a role of others could be emptied or filled.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `unknown-role`; 409 `name-taken`
 */
export async function changeRole(
  context: AccessContext,
  operator: Principal,
  id: string,
  role: SaveRoleRequest,
): Promise<void> {
  const now = context.clock();
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    const before = await lockRole(within, organisationId, id);
    assertNotBeyond(operator.permissions, authorityOf([...before.permissions, ...role.permissions]));
    await assertNameIsFree(within, organisationId, id, role.name);
    await sql`
      update access_role set name = ${role.name}, description = ${role.description ?? ''},
        permissions = ${[...role.permissions]}::text[], changed_at = ${now}
      where id = ${id} and organisation_id = ${organisationId}`.execute(within);
    const summary = `${operator.name} changed the role ${role.name}: ${role.permissions.join(', ') || 'no permission'}`;
    await context.events.publish({ organisationId, topic: ROLES_TOPIC, key: id }, within);
    const detail = { roleId: id, before: { name: before.name, permissions: [...before.permissions] }, after: role };
    await appendEvidence(within, [
      { organisationId, at: now, kind: 'role-changed', actor: operator.name, summary, detail },
    ]);
  });
}

/** @throws HttpProblem 403 `beyond-yourself`; 404 `unknown-role`; 409 `role-in-use` */
export async function removeRole(context: AccessContext, operator: Principal, id: string): Promise<void> {
  const now = context.clock();
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    const { name, permissions } = await lockRole(within, organisationId, id);
    assertNotBeyond(operator.permissions, authorityOf(permissions));
    const { rows } = await sql<{ count: number }>`
      select (select count(*) from access_grant where organisation_id = ${organisationId} and own_role_id = ${id})
        + (select count(*) from api_token where organisation_id = ${organisationId} and own_role_id = ${id}
            and revoked_at is null) as count`.execute(within);
    if ((rows[0]?.count ?? 0) > 0)
      throw new HttpProblem(409, 'role-in-use', {
        detail: `People or tokens still have the role ${name}.`,
        hint: 'Give them another one first.',
      });
    // What a token that was revoked could do is in the evidence of its creation.
    await sql`update api_token set role_id = null, permissions = '{}'
      where organisation_id = ${organisationId} and own_role_id = ${id}`.execute(within);
    await sql`delete from access_role where id = ${id} and organisation_id = ${organisationId}`.execute(within);
    const summary = `${operator.name} removed the role ${name}`;
    await appendEvidence(within, [
      { organisationId, at: now, kind: 'role-removed', actor: operator.name, summary, detail: { roleId: id } },
    ]);
  });
}

async function lockRole(within: Kysely<Tables>, organisationId: string, id: string) {
  const { rows } = await sql<{ name: string; permissions: string[] }>`
    select name, permissions from access_role where id = ${id} and organisation_id = ${organisationId}
    for update`.execute(within);
  const [row] = rows;
  if (row === undefined) throw new HttpProblem(404, 'unknown-role', { detail: 'There is no such role.' });
  return { name: row.name, permissions: knownPermissions(row.permissions) };
}

async function assertNameIsFree(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
  name: string,
): Promise<void> {
  // Two who choose one name at once would else meet in the index, which has no words for people.
  await sql`select 1 from organisation where id = ${organisationId} for no key update`.execute(within);
  const { rows } = await sql`
    select 1 from access_role
    where organisation_id = ${organisationId} and lower(name) = lower(${name}) and id <> ${id}`.execute(within);
  if (rows.length > 0 || BUILT_IN_ROLE_IDS.some((each) => each === name.toLowerCase()))
    throw new HttpProblem(409, 'name-taken', { detail: `There is a role called ${name} already.` });
}
