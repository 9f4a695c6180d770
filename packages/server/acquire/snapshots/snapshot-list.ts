import type { SnapshotDetail, SnapshotList, SnapshotSummary } from '@thimble/protocol';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { countable } from '../savings/countable.ts';
import { revisionsOfSnapshot, storedByRevision } from '../revisions/revision-summary.ts';

/** The newest ones; older ones are found by their runs and channels. */
const SNAPSHOTS_SHOWN = 500;

interface SnapshotRow {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly origin: SnapshotSummary['origin'];
  readonly pinned: boolean;
  readonly retiredAt: Date | null;
  readonly retiredReason: string;
  readonly channels: string[];
  readonly packageCount: number;
  readonly packageBytes: number;
  readonly runCount: number;
  readonly activeRunCount: number;
  readonly servedBytes: number;
  readonly upstreamBytes: number;
  readonly revisions: { readonly id: string; readonly repositoryId: string; readonly sequence: number }[];
}

/** Snapshots of an organisation, the newest first. */
export async function listSnapshots(within: Kysely<Tables>, organisationId: string): Promise<SnapshotList> {
  const items = await readSnapshots(within, sql`s.organisation_id = ${organisationId}`);
  return { items: [...items], total: items.length };
}

/** @throws HttpProblem 404, also for one of another organisation. */
export async function snapshotDetail(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
): Promise<SnapshotDetail> {
  const [summary] = await readSnapshots(within, sql`s.organisation_id = ${organisationId} and s.id = ${id}`);
  if (summary === undefined) throw unknownSnapshot();
  const { rows } = await sql<{ id: string }>`
    select b.id from content_snapshot s
    join content_snapshot b on b.organisation_id = s.organisation_id and (b.created_at, b.id) < (s.created_at, s.id)
    where s.id = ${id} order by b.created_at desc, b.id desc limit 1`.execute(within);
  return { summary, revisions: [...(await revisionsOfSnapshot(within, id))], previousId: rows[0]?.id ?? null };
}

export function unknownSnapshot(): HttpProblem {
  return new HttpProblem(404, 'unknown-snapshot', { detail: 'There is no such snapshot.' });
}

async function readSnapshots(within: Kysely<Tables>, where: RawBuilder<unknown>): Promise<readonly SnapshotSummary[]> {
  const { rows } = await sql<SnapshotRow>`
    select s.id, s.name, s.note, s.created_at as "createdAt", s.created_by as "createdBy", s.origin, s.pinned,
      s.retired_at as "retiredAt", s.retired_reason as "retiredReason",
      array(select c.name from content_channel c where c.snapshot_id = s.id order by c.position) as channels,
      coalesce(v.count, 0) as "packageCount", coalesce(v.bytes, 0) as "packageBytes",
      coalesce(v.revisions, '[]') as revisions, r.count as "runCount", r.active as "activeRunCount",
      u.served as "servedBytes", u.upstream as "upstreamBytes"
    from content_snapshot s
    left join lateral (
      select sum(v.package_count)::bigint as count, sum(v.package_bytes)::bigint as bytes,
        jsonb_agg(jsonb_build_object('id', v.id, 'repositoryId', v.repository_id, 'sequence', v.sequence)) as revisions
      from content_snapshot_revision m join content_revision v on v.id = m.revision_id
      where m.snapshot_id = s.id) as v on true
    cross join lateral (
      select count(*) as count, count(*) filter (where state not in ('finished', 'cancelled')) as active
      from run where snapshot_id = s.id) as r
    cross join lateral (
      select ${countable(sql`coalesce(sum(u.served_bytes), 0)`)} as served, ${countable(sql`coalesce(sum(u.upstream_bytes), 0)`)} as upstream
      from content_usage u where u.organisation_id = s.organisation_id and (u.snapshot_id = s.id
        or u.snapshot_id is null and u.revision_id in (
          select revision_id from content_snapshot_revision where snapshot_id = s.id))) as u
    where ${where} order by s.created_at desc, s.id desc limit ${SNAPSHOTS_SHOWN}`.execute(within);
  const revisions = [...new Map(rows.flatMap((row) => row.revisions).map((one) => [one.id, one])).values()];
  const stored = await storedByRevision(within, revisions);
  return rows.map(({ revisions: own, createdAt, retiredAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    retiredAt: retiredAt?.toISOString() ?? null,
    revisionCount: own.length,
    storedBytes: own.reduce((sum, { id }) => sum + (stored.get(id)?.bytes ?? 0), 0),
  }));
}
