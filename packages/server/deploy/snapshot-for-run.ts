import type { CreateRunRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../http/index.ts';
import type { Tables } from '../storage/index.ts';

interface SnapshotRow {
  readonly id: string;
  readonly name: string;
  readonly retired_at: Date | null;
  readonly retired_reason: string;
}

/**
 * The snapshot that a new run is for. What a channel points at is looked up now and stays: a later promotion changes no run. The
 * row is locked until the transaction ends, so that a collection can't take its content meanwhile.
 *
 * @throws HttpProblem 404 `unknown-snapshot`, `unknown-channel`, also of another organisation; 409 `channel-empty`, `snapshot-retired`
 */
export async function snapshotForRun(
  within: Kysely<Tables>,
  organisationId: string,
  content: NonNullable<CreateRunRequest['content']>,
): Promise<{ readonly id: string; readonly name: string }> {
  const id = 'snapshotId' in content ? content.snapshotId : await pointedAt(within, organisationId, content.channel);
  const { rows } = await sql<SnapshotRow>`
    select id, name, retired_at, retired_reason from content_snapshot
    where id = ${id} and organisation_id = ${organisationId} for share`.execute(within);
  const [snapshot] = rows;
  if (snapshot === undefined) throw new HttpProblem(404, 'unknown-snapshot', { detail: 'There is no such snapshot.' });
  if (snapshot.retired_at !== null)
    throw new HttpProblem(409, 'snapshot-retired', {
      detail: `The snapshot ${snapshot.name} is retired${snapshot.retired_reason === '' ? '' : `: ${snapshot.retired_reason}`}.`,
      hint: 'Take another one, or take back its retirement.',
    });
  return { id: snapshot.id, name: snapshot.name };
}

async function pointedAt(within: Kysely<Tables>, organisationId: string, channel: string): Promise<string> {
  const { rows } = await sql<{ snapshot_id: string | null }>`
    select snapshot_id from content_channel where organisation_id = ${organisationId} and name = ${channel}`.execute(
    within,
  );
  const [row] = rows;
  if (row === undefined)
    throw new HttpProblem(404, 'unknown-channel', { detail: `There is no channel ${JSON.stringify(channel)}.` });
  if (row.snapshot_id === null)
    throw new HttpProblem(409, 'channel-empty', {
      detail: `The channel ${channel} points at no snapshot.`,
      hint: 'Promote a snapshot to it first.',
    });
  return row.snapshot_id;
}
