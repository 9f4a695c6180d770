import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { appendEvidence } from '../append-evidence.ts';
import { readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import { lockLog } from '../log/lock-log.ts';

/** What loses its content at a time, while nobody can append: some tens of milliseconds. */
const STEP = 1_000;

/**
 * Takes the content from the oldest records that are from before a moment, and records that it did: in one transaction, so
 * that no record is ever without the one that says so. What is in no checkpoint yet keeps its content: it was not verified.
 *
 * @returns whether there may be more.
 */
export async function expireNext(
  { database, clock }: Pick<ServerContext, 'database' | 'clock'>,
  organisationId: string,
  before: Date,
  days: number,
): Promise<boolean> {
  return database.kysely.transaction().execute(async (within) => {
    await lockLog(within, organisationId);
    const first = (await readAnnounced(within, organisationId)) + 1;
    const checkpoint = await readCheckpoint(within, organisationId);
    const last = await findLast(within, organisationId, first, checkpoint?.size ?? 0, before);
    if (last === undefined) return false;
    await sql`
      update evidence set actor = '', summary = '', detail = '{}', run_id = null, endpoint_id = null, expired_at = ${clock()}
      where organisation_id = ${organisationId} and sequence between ${first} and ${last}
        and kind <> 'evidence-expired'`.execute(within);
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'evidence-expired',
        actor: 'Thimble',
        summary: `records ${first} to ${last} lost their content: they are older than ${days} days`,
        detail: { from: first, through: last, days },
      },
    ]);
    return last - first + 1 === STEP;
  });
}

/** The last record whose content is gone; records that say so keep theirs. */
async function readAnnounced(within: Kysely<Tables>, organisationId: string): Promise<number> {
  const { rows } = await sql<{ through: number }>`
    select (detail ->> 'through')::bigint as through from evidence
    where organisation_id = ${organisationId} and kind = 'evidence-expired'
    order by sequence desc limit 1`.execute(within);
  return rows[0]?.through ?? 0;
}

/** Records are in their order: the first that is young enough ends what is old. undefined: none is old. */
async function findLast(
  within: Kysely<Tables>,
  organisationId: string,
  first: number,
  signed: number,
  before: Date,
): Promise<number | undefined> {
  const { rows } = await sql<{ sequence: number; old: boolean }>`
    select sequence, at < ${before} as old from evidence
    where organisation_id = ${organisationId} and sequence >= ${first} and sequence <= ${signed}
    order by sequence limit ${STEP}`.execute(within);
  const young = rows.findIndex(({ old }) => !old);
  return (young < 0 ? rows : rows.slice(0, young)).at(-1)?.sequence;
}
