import type { Grant, GrantList } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import { type Authority, authorityOf } from '../permissions/authority.ts';
import { permissionsOfRole } from '../permissions/permissions-of.ts';
import { EVERYWHERE } from '../permissions/reach.ts';
import { nameOfRole } from '../roles/role-of.ts';

/** A grant as it is kept, with what it allows now. */
export interface KeptGrant extends Grant {
  readonly id: string;
  readonly roleName: string;
  readonly since: Date;
  readonly authority: Authority;
}

interface GrantRow {
  readonly id: string;
  readonly role_id: string;
  readonly role_name: string | null;
  readonly permissions: readonly string[] | null;
  readonly labels: Record<string, string> | null;
  readonly include_clients: boolean;
  readonly created_at: Date;
}

/** What a person has in an organisation, oldest first. */
export async function readGrants(
  kysely: Kysely<Tables>,
  organisationId: string,
  personId: string,
): Promise<readonly KeptGrant[]> {
  const { rows } = await sql<GrantRow>`
    select g.id, g.role_id, r.name as role_name, r.permissions, g.labels, g.include_clients, g.created_at
    from access_grant g
    left join access_role r on r.organisation_id = g.organisation_id and r.id = g.own_role_id
    where g.organisation_id = ${organisationId} and g.person_id = ${personId} order by g.created_at, g.id`.execute(
    kysely,
  );
  return rows.map(toGrant);
}

function toGrant(row: GrantRow): KeptGrant {
  return {
    id: row.id,
    roleId: row.role_id,
    roleName: nameOfRole(row.role_id, row.role_name),
    labels: row.labels,
    includeClients: row.include_clients,
    since: row.created_at,
    authority: authorityOf(
      permissionsOfRole(row.role_id, row.permissions),
      row.labels === null ? EVERYWHERE : { kind: 'labels', anyOf: [row.labels] },
    ),
  };
}

/** @throws HttpProblem 404 `unknown-person` */
export async function describeGrants(
  kysely: Kysely<Tables>,
  organisationId: string,
  personId: string,
): Promise<GrantList> {
  const name = await nameOfPerson(kysely, organisationId, personId);
  return { personId, name, grants: (await readGrants(kysely, organisationId, personId)).map(describe) };
}

/** More people than an organisation of any size lets near its patches. */
const PEOPLE_SHOWN = 2000;

/** Everybody who has a role here, by name; also people who belong to another organisation. */
export async function describeAllGrants(kysely: Kysely<Tables>, organisationId: string): Promise<GrantList[]> {
  const { rows } = await sql<GrantRow & { person_id: string; name: string }>`
    select p.id as person_id, p.name, g.id, g.role_id, r.name as role_name, r.permissions, g.labels, g.include_clients,
      g.created_at
    from access_grant g join person p on p.id = g.person_id
    left join access_role r on r.organisation_id = g.organisation_id and r.id = g.own_role_id
    where g.organisation_id = ${organisationId} order by p.name, p.id, g.created_at, g.id`.execute(kysely);
  const people = new Map<string, GrantList>();
  for (const row of rows) {
    const known = people.get(row.person_id) ?? { personId: row.person_id, name: row.name, grants: [] };
    people.set(row.person_id, { ...known, grants: [...known.grants, describe(toGrant(row))] });
  }
  return [...people.values()].slice(0, PEOPLE_SHOWN);
}

function describe({ roleId, roleName, labels, includeClients, since }: KeptGrant): GrantList['grants'][number] {
  return { roleId, roleName, labels, includeClients, since: since.toISOString() };
}

/**
 * Of somebody whom this organisation knows: who belongs to it, or has a role in it.
 *
 * @throws HttpProblem 404 `unknown-person`, also for people of other organisations
 */
export async function nameOfPerson(kysely: Kysely<Tables>, organisationId: string, personId: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select name from person where id = ${personId} and (organisation_id = ${organisationId} or exists (
      select 1 from access_grant g where g.person_id = person.id and g.organisation_id = ${organisationId}))`.execute(
    kysely,
  );
  const [row] = rows;
  if (row === undefined) throw new HttpProblem(404, 'unknown-person', { detail: 'There is no such person.' });
  return row.name;
}
