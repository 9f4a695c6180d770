import type { Organisation } from '@thimble/protocol';
import { sql } from 'kysely';
import { type Principal, permissionsInEach } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import { asSystem } from '../storage/index.ts';
import { ORGANISATION_COLUMNS, type OrganisationRow, toOrganisation } from './rows.ts';

/** More than any provider has clients; who has more sees the first of them. */
const LIMIT = 2000;

/** Organisations in which somebody may do something, by name. A token is of one; the server's own socket is of all. */
export async function reachableOrganisations(
  { database: { kysely } }: ServerContext,
  { kind, id, organisationId }: Principal,
): Promise<readonly Organisation[]> {
  const condition =
    kind === 'local'
      ? sql`true`
      : kind === 'person'
        ? sql`exists (select from organisations_above(o.id) a
            join access_grant g on g.organisation_id = a.id and (a.distance = 0 or g.include_clients)
            join person p on p.id = g.person_id and p.disabled_at is null where g.person_id = ${id})`
        : sql`o.id = ${organisationId}`;
  // Above the policies, as it looks beyond one organisation: what it may show is decided by the condition alone.
  const { rows } = await asSystem(() =>
    sql<OrganisationRow>`select ${ORGANISATION_COLUMNS} from organisation o
      where o.archived_at is null and ${condition} order by lower(o.name), o.id limit ${LIMIT}`.execute(kysely),
  );
  return rows.map(toOrganisation);
}

/** Those of which somebody may see every endpoint. */
export async function overseenOrganisations(
  context: ServerContext,
  principal: Principal,
): Promise<readonly Organisation[]> {
  const reachable = await reachableOrganisations(context, principal);
  if (principal.kind === 'local') return reachable;
  if (principal.kind !== 'person') return seesAll(principal.permissions) ? reachable : [];
  const ids = reachable.map(({ id }) => id);
  const authorities = await asSystem(() => permissionsInEach(context.database.kysely, principal.id, ids));
  return reachable.filter(({ id }) => seesAll(authorities.get(id)));
}

function seesAll(authority: Principal['permissions'] | undefined): boolean {
  return authority?.get('endpoints:read')?.kind === 'all';
}

/** Archived ones below that in which somebody acts, the newest first. */
export async function archivedBelow(
  { database: { kysely } }: ServerContext,
  { organisationId }: Principal,
): Promise<readonly Organisation[]> {
  const { rows } = await asSystem(() =>
    sql<OrganisationRow>`select ${ORGANISATION_COLUMNS} from organisation o
      where o.archived_at is not null and ${organisationId}::uuid in (select a.id from organisations_above(o.id) a)
      order by o.archived_at desc, o.id limit ${LIMIT}`.execute(kysely),
  );
  return rows.map(toOrganisation);
}
