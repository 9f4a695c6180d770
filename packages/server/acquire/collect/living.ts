import { type RawBuilder, sql } from 'kysely';

const DAY_MS = 24 * 3_600_000;
/** What was made so recently may be about to be needed: a snapshot is being made of it, or its row is being written. */
export const GRACE_MS = DAY_MS;
/** Where nothing else is set. */
export const RETENTION_DAYS = 90;

function retentionStart(organisation: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`${now}::timestamptz - interval '1 day' * coalesce(
    (select retention_days from content_setting c where c.organisation_id = ${organisation}), ${RETENTION_DAYS})`;
}

/**
 * Of `s` (content_snapshot): nothing needs its content any more. It is past its organisation's retention; it was retired, or made by
 * schedule and is not the newest; and it is not pinned, no channel points at it, no run under way uses it, and no run that may still
 * be rolled back. Retention counts from when it was made or retired, whichever is later: who retires an old one may bring it back.
 */
export function isDead(now: Date): RawBuilder<boolean> {
  const start = retentionStart(sql`s.organisation_id`, now);
  return sql`(s.collected_at is null and not s.pinned and greatest(s.created_at, s.retired_at) < ${start}
    and (s.retired_at is not null or (s.origin = 'scheduled' and exists (select from content_snapshot y
      where y.organisation_id = s.organisation_id and y.created_at > s.created_at)))
    and not exists (select from content_channel c where c.snapshot_id = s.id)
    and not exists (select from run r where r.snapshot_id = s.id and (r.state not in ('finished', 'cancelled')
      or r.finished_at is null or r.finished_at >= ${start}
      or exists (select from run_target t where t.run_id = r.id and t.under_way))))`;
}

/** Of `v` (content_revision): no snapshot that lives has it, and it is not its repository's newest. */
export function isUnneeded(now: Date, withDead: boolean): RawBuilder<boolean> {
  const living = withDead
    ? sql`exists (select from content_snapshot_revision m join content_snapshot s on s.id = m.snapshot_id
        where m.revision_id = v.id and not ${isDead(now)})`
    : sql`exists (select from content_snapshot_revision m where m.revision_id = v.id)`;
  return sql`(v.created_at < ${new Date(now.getTime() - GRACE_MS)} and not ${living}
    and not exists (select from content_repository r
      where r.id = v.repository_id and r.sequence = v.sequence and r.removed_at is null))`;
}
