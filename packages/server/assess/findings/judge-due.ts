import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { assessEndpoint } from '../assess-endpoint.ts';
import { refreshEndpoint } from '../refresh-endpoint.ts';

/** Judges the findings of endpoints again whose verdicts changed. One endpoint a transaction: none waits for all. */
export async function judgeDueEndpoints(context: ServerContext): Promise<boolean> {
  const { kysely } = context.database;
  // What has to be judged again meanwhile is of the next pass.
  const until = context.clock();
  for (let any = false; ; any = true) {
    if (context.stopping.aborted) return any;
    const found = await kysely.transaction().execute(async (within) => {
      const { rows } = await sql<{ endpoint_id: string; organisation_id: string }>`
        delete from endpoint_due where endpoint_id in (
          select endpoint_id from endpoint_due where since <= ${until}::timestamptz order by since limit 1
          for update skip locked)
        returning endpoint_id, organisation_id`.execute(within);
      const [row] = rows;
      if (row === undefined) return false;
      const endpoint = { endpointId: row.endpoint_id, organisationId: row.organisation_id };
      // As everywhere, one change of an endpoint at a time. Whether its documents belong together is asked only then: one
      // statement for both would see them as they were before it waited, and forget an endpoint that has just become whole.
      await sql`select 1 from endpoint where id = ${row.endpoint_id} for no key update`.execute(within);
      const { rows: whole } = await sql`
        select 1 from endpoint e join heartbeat h on h.endpoint_id = e.id
        where e.id = ${row.endpoint_id} and e.removed_at is null and h.reported_manifest = h.manifest_sha256
          and h.reported_system = h.system_sha256 and h.reported_updates = h.updates_sha256`.execute(within);
      if (whole.length === 0) return true;
      await assessEndpoint(within, context, endpoint);
      await refreshEndpoint(within, context, row.endpoint_id);
      return true;
    });
    if (!found) return any;
  }
}
