import type { Channel, ChannelList, PromoteRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import type { Decider } from '../repositories/decide.ts';
import { usableSnapshot } from '../snapshots/usable.ts';
import { type Move, beforeLast } from './moves.ts';

const MOVES_SHOWN = 50;
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$/;

interface ChannelRow {
  readonly name: string;
  readonly position: number;
  readonly snapshotId: string | null;
  readonly snapshotName: string | null;
  readonly createdAt: Date | null;
  readonly movedAt: Date | null;
  readonly movedBy: string | null;
}

interface MoveRow extends Move {
  readonly channel: string;
  readonly at: Date;
  readonly by: string;
  readonly snapshotName: string | null;
  readonly note: string;
}

/** Channels in their order. @param name only this one */
export async function listChannels(
  within: Kysely<Tables>,
  organisationId: string,
  name?: string,
): Promise<ChannelList> {
  const { rows } = await sql<ChannelRow>`
    select c.name, c.position, c.snapshot_id as "snapshotId", s.name as "snapshotName", s.created_at as "createdAt",
      c.moved_at as "movedAt", c.moved_by as "movedBy"
    from content_channel c left join content_snapshot s on s.id = c.snapshot_id
    where c.organisation_id = ${organisationId} and (${name ?? null}::text is null or c.name = ${name ?? null})
    order by c.position, c.name`.execute(within);
  const moves = Map.groupBy(await readMoves(within, organisationId, name ?? null), ({ channel }) => channel);
  const items = rows.map((row): Channel => ({
    name: row.name,
    position: row.position,
    snapshot:
      row.snapshotId === null || row.createdAt === null
        ? null
        : { id: row.snapshotId, name: row.snapshotName ?? '', createdAt: row.createdAt.toISOString() },
    movedAt: row.movedAt?.toISOString() ?? null,
    movedBy: row.movedBy,
    moves: (moves.get(row.name) ?? []).slice(0, MOVES_SHOWN).map(({ at, by, snapshotId, snapshotName, note }) => ({
      at: at.toISOString(),
      by,
      snapshotId,
      snapshotName,
      note,
    })),
  }));
  return { items, total: items.length };
}

/** The newest first. */
async function readMoves(
  within: Kysely<Tables>,
  organisationId: string,
  channel: string | null,
): Promise<readonly MoveRow[]> {
  const { rows } = await sql<MoveRow>`
    select m.channel, m.number, m.at, m.by, m.snapshot_id as "snapshotId", s.name as "snapshotName", m.note, m.undo
    from content_channel_move m left join content_snapshot s on s.id = m.snapshot_id
    where m.organisation_id = ${organisationId} and (${channel}::text is null or m.channel = ${channel})
    order by m.channel, m.number desc`.execute(within);
  return rows;
}

/** Points a channel at a snapshot; makes the channel when there is none of this name. @throws HttpProblem 404, 409, 422 */
export async function promote(
  context: ServerContext,
  decider: Decider,
  name: string,
  { snapshotId, note = '' }: PromoteRequest,
): Promise<Channel> {
  if (!NAME.test(name))
    throw new HttpProblem(422, 'bad-name', {
      detail: 'A channel’s name has up to 100 letters, digits, spaces, dots, hyphens and underscores.',
    });
  return move(context, decider, name, async (within) => {
    const snapshot = await usableSnapshot(within, decider.organisationId, snapshotId);
    return {
      snapshotId,
      note,
      undo: false,
      summary: `${decider.name} promoted ${snapshot.name} to ${name}`,
    };
  });
}

/** Back to what the channel pointed at before. Once more goes further back. @throws HttpProblem 404, 409 */
export async function undoPromotion(context: ServerContext, decider: Decider, name: string): Promise<Channel> {
  return move(context, decider, name, async (within) => {
    await assertChannel(within, decider.organisationId, name);
    const before = beforeLast(await readMoves(within, decider.organisationId, name));
    if (before === null)
      throw new HttpProblem(409, 'nothing-to-undo', { detail: `${name} pointed at nothing else before.` });
    const snapshot = await usableSnapshot(within, decider.organisationId, before);
    return {
      snapshotId: before,
      note: 'undo',
      undo: true,
      summary: `${decider.name} took the last promotion to ${name} back: it points at ${snapshot.name} again`,
    };
  });
}

interface Moving {
  readonly snapshotId: string;
  readonly note: string;
  readonly undo: boolean;
  readonly summary: string;
}

async function move(
  context: ServerContext,
  { organisationId, name: person }: Decider,
  channel: string,
  decide: (within: Kysely<Tables>) => Promise<Moving>,
): Promise<Channel> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    // Moves are numbered: one at a time.
    await sql`select pg_advisory_xact_lock(hashtextextended(${organisationId}, ${CHANNELS_LOCK}))`.execute(within);
    const { snapshotId, note, undo, summary } = await decide(within);
    await sql`
      insert into content_channel (organisation_id, name, position, snapshot_id, moved_at, moved_by)
      values (${organisationId}, ${channel}, 1 + (select coalesce(max(position), 0) from content_channel
        where organisation_id = ${organisationId}), ${snapshotId}, ${now}, ${person})
      on conflict (organisation_id, name) do update set snapshot_id = excluded.snapshot_id,
        moved_at = excluded.moved_at, moved_by = excluded.moved_by`.execute(within);
    await sql`
      insert into content_channel_move (organisation_id, channel, number, at, by, snapshot_id, note, undo)
      values (${organisationId}, ${channel}, 1 + (select coalesce(max(number), 0) from content_channel_move
        where organisation_id = ${organisationId} and channel = ${channel}), ${now}, ${person}, ${snapshotId}, ${note},
        ${undo})`.execute(within);
    await publishContent(context, organisationId, 'channels', within);
    await appendEvidence(within, [
      { organisationId, at: now, kind: 'channel-moved', actor: person, summary, detail: { channel, snapshotId, undo } },
    ]);
  });
  const [moved] = (await listChannels(context.database.kysely, organisationId, channel)).items;
  if (moved === undefined) throw unknownChannel(channel);
  return moved;
}

/** Any constant: with the organisation it makes the lock under which channels move ('chan' in ASCII). */
const CHANNELS_LOCK = 0x6368_616e;

/** Its history stays in the evidence. @throws HttpProblem 404 */
export async function removeChannel(
  context: ServerContext,
  { organisationId, name: person }: Decider,
  name: string,
): Promise<void> {
  await context.database.kysely.transaction().execute(async (within) => {
    await assertChannel(within, organisationId, name);
    for (const table of ['content_channel_move', 'content_channel'] as const)
      await sql`delete from ${sql.table(table)} where organisation_id = ${organisationId}
        and ${sql.ref(table === 'content_channel' ? 'name' : 'channel')} = ${name}`.execute(within);
    await publishContent(context, organisationId, 'channels', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'channel-removed',
        actor: person,
        summary: `${person} removed the channel ${name}`,
        detail: { channel: name },
      },
    ]);
  });
}

async function assertChannel(within: Kysely<Tables>, organisationId: string, name: string): Promise<void> {
  const { rows } = await sql`select 1 from content_channel
    where organisation_id = ${organisationId} and name = ${name} for update`.execute(within);
  if (rows.length === 0) throw unknownChannel(name);
}

function unknownChannel(name: string): HttpProblem {
  return new HttpProblem(404, 'unknown-channel', { detail: `There is no channel ${name.slice(0, 100)}.` });
}
