import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { permissionsInEach } from '../permissions/permissions-of.ts';

export interface SignedOnPerson {
  readonly personId: string;
  readonly homeId: string;
  /** The organisation in whose console the sign-in was begun; whoever sends a link decides it. */
  readonly wanted: string | undefined;
}

/**
 * The page of the console where somebody comes in: where they began, else at home, else the first organisation by name in which
 * they may do something. Never one in which they may do nothing, whatever the address asked for.
 */
export async function landingPage(
  within: Kysely<Tables>,
  { personId, homeId, wanted }: SignedOnPerson,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select o.id from organisation o
    where o.archived_at is null and exists (
      select 1 from organisations_above(o.id) a
      join access_grant g on g.organisation_id = a.id and (a.distance = 0 or g.include_clients)
      where g.person_id = ${personId})
    order by (o.id = ${wanted ?? null}::uuid) is true desc, o.id = ${homeId} desc, lower(o.name), o.id limit ${MOST_LOOKED_AT}`.execute(
    within,
  );
  const ids = rows.map(({ id }) => id);
  // A grant of a role that is gone allows nothing.
  const allowed = await permissionsInEach(within, personId, ids);
  const found = ids.find((id) => (allowed.get(id)?.size ?? 0) > 0);
  return found === undefined || found === homeId ? '/' : `/in/${found}/`;
}

/** Roles that allow nothing are rare: somebody who has only these in so many organisations comes in at home. */
const MOST_LOOKED_AT = 20;
