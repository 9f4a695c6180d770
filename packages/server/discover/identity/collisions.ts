import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { asOrganisation } from '../../storage/index.ts';
import { quarantine } from './quarantine.ts';

/**
 * Whoever signs a request with a number that was used already has an older copy of the endpoint's state. One machine that
 * was put back to a snapshot does so once in each of its two lanes and then goes on above; two machines that are alive
 * at once do so again and again, each with every number that the other one took first.
 */
const TOLERATED = 5;
const WITHIN_MS = 15 * 60_000;

interface Sender {
  readonly endpointId: string;
  readonly organisationId: string;
}

/** Counts a signed request that was too late; the same one repeated, as somebody on the way could do, counts once. */
export async function noteCollision(context: ServerContext, sender: Sender, sequence: number): Promise<void> {
  // The request is refused, so nobody has said yet whose it is.
  await asOrganisation(sender.organisationId, () => count(context, sender, sequence));
}

async function count(context: ServerContext, sender: Sender, sequence: number): Promise<void> {
  const { endpointId, organisationId } = sender;
  await context.database.kysely.transaction().execute(async (within) => {
    const now = context.clock();
    const since = new Date(now.getTime() - WITHIN_MS);
    const { rows } = await sql<{ count: number }>`
      insert into endpoint_collision as c (endpoint_id, organisation_id, since, count, newest_sequence)
      values (${endpointId}, ${organisationId}, ${now}, 1, ${sequence})
      on conflict (endpoint_id) do update set
        since = case when c.since < ${since} then excluded.since else c.since end,
        count = case when c.since < ${since} then 1 else c.count + 1 end,
        newest_sequence = excluded.newest_sequence
      where c.newest_sequence < excluded.newest_sequence or c.since < ${since}
      returning count`.execute(within);
    if ((rows[0]?.count ?? 0) <= TOLERATED) return;
    await sql`delete from endpoint_collision where endpoint_id = ${endpointId}`.execute(within);
    await quarantine(within, context, sender, {
      by: 'server',
      reason: 'two machines speak with its key at once: each uses request numbers that the other one has used',
    });
  });
}
