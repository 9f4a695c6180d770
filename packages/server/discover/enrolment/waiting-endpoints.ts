import type { WaitingEndpointList } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { FORMER_COLUMNS, type FormerRow, toFormer } from '../identity/former.ts';

interface Row extends FormerRow {
  readonly id: string;
  readonly hostname: string;
  readonly os_name: string;
  readonly architecture: string;
  readonly machine: string;
  readonly address: string | null;
  readonly keyid: string;
  readonly token: string;
  readonly enrolled_at: Date;
  readonly last_seen_at: Date;
}

/** More than people look at; the rest comes when these are decided. */
const SHOWN = 1000;

/** Endpoints that wait to be let in, oldest first. */
export async function waitingEndpoints(
  { database: { kysely } }: ServerContext,
  organisationId: string,
): Promise<WaitingEndpointList> {
  const waiting = sql`e.organisation_id = ${organisationId} and e.admission = 'waiting' and e.removed_at is null`;
  const { rows } = await sql<Row>`
    select e.id, e.hostname, e.os_name, e.architecture, e.machine, e.address, e.keyid, t.name as token, e.enrolled_at,
      h.last_seen_at, ${FORMER_COLUMNS}
    from endpoint e join heartbeat h on h.endpoint_id = e.id join enrolment_token t on t.id = e.enrolment_token_id
      left join endpoint former on former.id = e.former_id
    where ${waiting} order by e.enrolled_at, e.id limit ${SHOWN}`.execute(kysely);
  const counted = await sql<{ total: number }>`
    select count(*) as total from endpoint e where ${waiting}`.execute(kysely);
  return {
    items: rows.map((row) => ({
      id: row.id,
      hostname: row.hostname,
      os: row.os_name,
      architecture: row.architecture,
      machine: row.machine,
      address: row.address,
      keyid: row.keyid,
      token: row.token,
      enrolledAt: row.enrolled_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      former: toFormer(row),
    })),
    total: counted.rows[0]?.total ?? 0,
  };
}
