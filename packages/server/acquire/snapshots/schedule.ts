import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { repeat } from '../../repeat.ts';
import { appendEvidence } from '../../report/index.ts';
import { readRepositories } from '../repositories/rows.ts';
import { recordSnapshot } from './create.ts';

/** Schedules are of hours. */
const PERIOD_MS = 30_000;
const HOUR_MS = 3_600_000;

/** Makes snapshots on schedule, when there is something new in them. May run on every replica. */
export function startSnapshotSchedule(context: ServerContext): () => Promise<void> {
  return repeat(context, PERIOD_MS, 'scheduled snapshots were not made', () => makeDueSnapshots(context));
}

/** @returns ids of those that were made */
export async function makeDueSnapshots(context: ServerContext): Promise<readonly string[]> {
  const made: string[] = [];
  for (const { organisationId, hours } of await takeTurns(context)) {
    const repositories = await readRepositories(
      context.database.kysely,
      sql`r.organisation_id = ${organisationId} and r.enabled and r.sequence > 0`,
    );
    if (repositories.length === 0 || !(await hasNews(context, organisationId))) continue;
    try {
      made.push(
        await recordSnapshot(
          context,
          { organisationId, name: 'schedule' },
          {
            repositoryIds: repositories.map(({ id }) => id),
            name: null,
            note: `every ${hours} hours`,
            origin: 'scheduled',
            failing: 'last-good',
          },
        ),
      );
    } catch (error) {
      // A conflict with somebody who does the same by hand: the next turn looks again.
      if (!(error instanceof HttpProblem)) throw error;
      context.log.warn({ err: error }, 'a scheduled snapshot was not made');
      if (error.code === 'key-withdrawn') await recordRefusal(context, organisationId, error);
    }
  }
  return made;
}

/** Nobody waits for the answer: people find it where they look for snapshots that were made. */
async function recordRefusal(
  { database, clock }: ServerContext,
  organisationId: string,
  { code, details: { detail = '', hint = '' } }: HttpProblem,
): Promise<void> {
  await database.kysely.transaction().execute((within) =>
    appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'content-changed',
        actor: 'schedule',
        summary: `no snapshot was made by schedule: ${detail} ${hint}`,
        detail: { code },
      },
    ]),
  );
}

/** Whose turn it is: the replica that moves a turn on does its work. */
async function takeTurns({
  database,
  clock,
}: Pick<ServerContext, 'database' | 'clock'>): Promise<
  readonly { readonly organisationId: string; readonly hours: number }[]
> {
  const now = clock();
  const { rows } = await sql<{ organisationId: string; hours: number }>`
    update content_setting set next_snapshot_at = ${now}::timestamptz + snapshot_every_hours * ${HOUR_MS} * interval '1 ms'
    where snapshot_every_hours is not null and (next_snapshot_at is null or next_snapshot_at <= ${now})
    returning organisation_id as "organisationId", snapshot_every_hours as hours`.execute(database.kysely);
  return rows;
}

/** Whether a newest revision is not in the newest snapshot. */
async function hasNews({ database }: Pick<ServerContext, 'database'>, organisationId: string): Promise<boolean> {
  const { rows } = await sql<{ news: boolean }>`
    with newest as (select id from content_snapshot where organisation_id = ${organisationId}
      order by created_at desc, id desc limit 1)
    select exists (
      select 1 from content_repository r
      join content_revision v on v.repository_id = r.id and v.sequence = r.sequence
      where r.organisation_id = ${organisationId} and r.removed_at is null and r.enabled
        and not exists (select 1 from content_snapshot_revision m, newest
          where m.snapshot_id = newest.id and m.revision_id = v.id)) as news`.execute(database.kysely);
  return rows[0]?.news === true;
}
