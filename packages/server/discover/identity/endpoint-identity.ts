import type { EndpointIdentity, EndpointPlace } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { unknownEndpoint } from '../endpoint-detail.ts';
import { FORMER_COLUMNS, type FormerRow, toFormer } from './former.ts';

interface Row extends FormerRow {
  readonly machine: string;
  readonly keyid: string;
  readonly key_since: Date;
  readonly address: string | null;
  readonly admission: 'admitted' | 'waiting';
  readonly quarantined_at: Date | null;
  readonly quarantined_by: string | null;
  readonly quarantine_reason: string | null;
  readonly keeping_boot_id: string | null;
  readonly boot_id: string;
  readonly last_seen_at: Date;
}

/** Who an endpoint is, and where it was seen. @throws HttpProblem 404 */
export async function endpointIdentity(
  { database: { kysely } }: Pick<ServerContext, 'database'>,
  organisationId: string,
  endpointId: string,
): Promise<EndpointIdentity> {
  const { rows } = await sql<Row>`
    select e.machine, e.keyid, coalesce(e.key_since, e.enrolled_at) as key_since, e.address, e.admission,
      e.quarantined_at, e.quarantined_by, e.quarantine_reason, e.keeping_boot_id, h.boot_id, h.last_seen_at,
      ${FORMER_COLUMNS}
    from endpoint e join heartbeat h on h.endpoint_id = e.id left join endpoint former on former.id = e.former_id
    where e.id = ${endpointId} and e.organisation_id = ${organisationId} and e.removed_at is null`.execute(kysely);
  const [row] = rows;
  if (row === undefined) throw unknownEndpoint();
  const { quarantined_at: at, quarantined_by: by, quarantine_reason: reason } = row;
  return {
    machine: row.machine,
    keyid: row.keyid,
    keySince: row.key_since.toISOString(),
    address: row.address,
    admission: row.admission,
    quarantine: at === null ? null : { at: at.toISOString(), by: by ?? '', reason: reason ?? '' },
    keeping: row.keeping_boot_id,
    former: toFormer(row),
    places: await placesOf(kysely, endpointId, row),
  };
}

interface PlaceRow {
  readonly boot_id: string;
  readonly machine: string | null;
  readonly address: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly returns: number;
}

/** Only changes of place are written down, so the one that spoke last was seen when the endpoint was. */
async function placesOf(
  kysely: ServerContext['database']['kysely'],
  endpointId: string,
  present: Pick<Row, 'boot_id' | 'last_seen_at'>,
): Promise<EndpointPlace[]> {
  const { rows } = await sql<PlaceRow>`
    select boot_id, machine, address, first_seen_at, last_seen_at, returns from endpoint_place
    where endpoint_id = ${endpointId} order by last_seen_at desc, boot_id limit 100`.execute(kysely);
  return rows.map((row) => ({
    bootId: row.boot_id,
    machine: row.machine,
    address: row.address,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: (row.boot_id === present.boot_id ? present.last_seen_at : row.last_seen_at).toISOString(),
    returns: row.returns,
  }));
}
