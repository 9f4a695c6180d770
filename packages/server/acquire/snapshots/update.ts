import type { SnapshotDetail, UpdateSnapshotRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import type { Decider } from '../repositories/decide.ts';
import { lockNames, nameTaken } from './create.ts';
import { snapshotDetail, unknownSnapshot } from './snapshot-list.ts';

/**
 * Names, pins, retires a snapshot; what is in it never changes.
 *
 * @throws HttpProblem 404; 409 `name-taken`, `snapshot-in-use`, `snapshot-collected`
 */
export async function updateSnapshot(
  context: ServerContext,
  { organisationId, name: person }: Decider,
  id: string,
  request: UpdateSnapshotRequest,
): Promise<SnapshotDetail> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ name: string; retiredAt: Date | null; collectedAt: Date | null }>`
      select name, retired_at as "retiredAt", collected_at as "collectedAt" from content_snapshot
      where id = ${id} and organisation_id = ${organisationId} for update`.execute(within);
    const [row] = rows;
    if (row === undefined) throw unknownSnapshot();
    if (request.retired === true) await assertUnused(within, id, row.name);
    if (request.retired === false && row.collectedAt !== null)
      throw new HttpProblem(409, 'snapshot-collected', {
        detail: `The content of ${row.name} is gone; it can’t be brought back.`,
      });
    if (request.name !== undefined && request.name !== row.name) {
      await lockNames(within, organisationId);
      const taken = await sql`select 1 from content_snapshot
        where organisation_id = ${organisationId} and name = ${request.name}`.execute(within);
      if (taken.rows.length > 0) throw nameTaken(request.name);
    }
    const retiredAt = request.retired === undefined ? row.retiredAt : request.retired ? (row.retiredAt ?? now) : null;
    await sql`
      update content_snapshot set name = coalesce(${request.name ?? null}, name), note = coalesce(${request.note ?? null}, note),
        pinned = coalesce(${request.pinned ?? null}::boolean, pinned), retired_at = ${retiredAt}::timestamptz,
        retired_reason = case when ${retiredAt}::timestamptz is null then ''
          else coalesce(${request.reason ?? null}, retired_reason) end
      where id = ${id}`.execute(within);
    await publishContent(context, organisationId, 'snapshots', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'snapshot-changed',
        actor: person,
        summary: `${person} ${wordsFor(request)} the snapshot ${row.name}`,
        detail: { snapshotId: id, name: row.name, ...request },
      },
    ]);
  });
  return snapshotDetail(context.database.kysely, organisationId, id);
}

/** @throws HttpProblem 409 */
async function assertUnused(within: Kysely<Tables>, id: string, name: string): Promise<void> {
  const { rows } = await sql<{ channels: string[]; runs: number }>`
    select array(select name from content_channel where snapshot_id = ${id} order by position) as channels,
      (select count(*) from run where snapshot_id = ${id} and state not in ('finished', 'cancelled')) as runs`.execute(
    within,
  );
  const { channels = [], runs = 0 } = rows[0] ?? {};
  if (channels.length === 0 && runs === 0) return;
  const what = [
    ...(channels.length > 0 ? [`the channel ${channels.join(', ')} points at it`] : []),
    ...(runs > 0 ? [`${runs} run${runs === 1 ? '' : 's'} under way use${runs === 1 ? 's' : ''} it`] : []),
  ];
  throw new HttpProblem(409, 'snapshot-in-use', {
    detail: `${name} can’t be retired: ${what.join(', and ')}.`,
    hint: 'Promote another snapshot there, and let the runs end or cancel them.',
  });
}

function wordsFor({ name, note, pinned, retired }: UpdateSnapshotRequest): string {
  const words = [
    ...(name === undefined ? [] : ['renamed']),
    ...(note === undefined ? [] : ['noted something about']),
    ...(pinned === undefined ? [] : [pinned ? 'pinned' : 'unpinned']),
    ...(retired === undefined ? [] : [retired ? 'retired' : 'brought back']),
  ];
  return words.length === 0 ? 'changed nothing of' : words.join(' and ');
}
