import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { readEvidence } from '../read-evidence.ts';
import { problemOf } from './problem-of.ts';
import { sendRecords } from './send-records.ts';
import type { StoredExport } from './stored-export.ts';

/** Small enough to be sent again whole when the connection breaks. */
const BATCH_RECORDS = 500;
const FIRST_PAUSE_MS = 2_000;
/** A receiver that is back is found again after a few minutes at most. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * Sends the next records of one export that is due, if there is one that no other replica has in hand. Its row stays locked
 * meanwhile; where it has come to is written only after the receiver has the records, so each is sent at least once.
 *
 * @returns whether there was one
 */
export async function deliverNext(context: ServerContext): Promise<boolean> {
  return context.database.kysely.transaction().execute(async (within) => {
    const now = context.clock();
    const { rows } = await sql<StoredExport>`
      select x.* from evidence_export as x
      where next_try_at <= ${now}
        and exists (select from evidence as e where e.organisation_id = x.organisation_id and e.sequence > x.sent_through)
      order by next_try_at, organisation_id, name limit 1 for update of x skip locked`.execute(within);
    const [due] = rows;
    if (due === undefined) return false;
    const after = sql`sequence > ${due.sent_through}`;
    const records = await readEvidence(within, due.organisation_id, after, BATCH_RECORDS, 'oldest-first');
    try {
      await sendRecords(context, due, records);
    } catch (error) {
      if (context.stopping.aborted) return false;
      await noteFailure(within, due, now, error);
      return true;
    }
    await sql`
      update evidence_export set sent_through = ${records.at(-1)?.sequence ?? due.sent_through}, last_sent_at = ${now},
        next_try_at = ${now}, failures = 0, failing_since = null, failure = null
      where organisation_id = ${due.organisation_id} and name = ${due.name}`.execute(within);
    return true;
  });
}

async function noteFailure(within: Kysely<Tables>, due: StoredExport, now: Date, error: unknown): Promise<void> {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(due.failures, 20), LONGEST_PAUSE_MS);
  await sql`
    update evidence_export set failures = failures + 1, failing_since = coalesce(failing_since, ${now}), failure = ${problemOf(error)},
      next_try_at = ${new Date(now.getTime() + pauseMs)}
    where organisation_id = ${due.organisation_id} and name = ${due.name}`.execute(within);
}
