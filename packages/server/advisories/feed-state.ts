import type { FeedState, Validator } from '@thimble/feeds';
import { type Kysely, sql } from 'kysely';
import type { ClientBase } from 'pg';
import type { Tables } from '../storage/index.ts';

interface StateRow {
  readonly feed: string;
  readonly watermark: string | null;
  readonly validators: readonly (readonly [string, Validator])[];
  readonly synced_at: Date | null;
  readonly changed_at: Date | null;
  readonly advisory_count: number;
  readonly fact_count: number;
  readonly fault_count: number;
  readonly faults: FeedState['faults'];
  readonly failure: { readonly at: string; readonly code: string; readonly message: string } | null;
}

/** How the last synchronisation of each feed went, of those that there was one. */
export async function readFeedStates(within: Kysely<Tables>, feed?: string): Promise<readonly FeedState[]> {
  const which = feed === undefined ? sql`true` : sql`feed = ${feed}`;
  const { rows } = await sql<StateRow>`
    select feed, watermark, validators, synced_at, changed_at, advisory_count, fact_count, fault_count, faults, failure
    from feed_state where ${which} order by feed`.execute(within);
  return rows.map((row) => ({
    feed: row.feed,
    watermark: row.watermark,
    validators: new Map(row.validators),
    syncedAt: row.synced_at,
    changedAt: row.changed_at,
    advisoryCount: row.advisory_count,
    factCount: row.fact_count,
    faultCount: row.fault_count,
    faults: row.faults,
    failure: row.failure === null ? null : { ...row.failure, at: new Date(row.failure.at) },
  }));
}

/** The state that goes with a commit; the last failure is over. */
export async function writeFeedState(
  client: ClientBase,
  feed: string,
  result: Pick<FeedState, 'watermark' | 'validators' | 'syncedAt' | 'faultCount' | 'faults'>,
  changed: boolean,
): Promise<void> {
  await client.query(
    `insert into feed_state as s (feed, watermark, validators, synced_at, changed_at, fault_count, faults, failure,
       advisory_count, fact_count)
     select $1, $2, $3::jsonb, $4, case when $5 then $4::timestamptz end, $6, $7::jsonb, null,
       (select count(*) from advisory a join advisory_version v on v.advisory_id = a.id and v.valid_to is null
         where a.feed = $1),
       (select count(*) from fact where feed = $1 and valid_to is null)
     on conflict (feed) do update set watermark = excluded.watermark, validators = excluded.validators,
       synced_at = excluded.synced_at, changed_at = coalesce(excluded.changed_at, s.changed_at),
       fault_count = excluded.fault_count, faults = excluded.faults, failure = null,
       advisory_count = excluded.advisory_count, fact_count = excluded.fact_count`,
    [
      feed,
      result.watermark,
      JSON.stringify([...result.validators]),
      result.syncedAt,
      changed,
      result.faultCount,
      JSON.stringify(result.faults),
    ],
  );
}

/** What was known before stays; only the failure is noted. */
export async function writeFailure(
  within: Kysely<Tables>,
  feed: string,
  failure: NonNullable<FeedState['failure']>,
): Promise<void> {
  await sql`
    insert into feed_state (feed, failure) values (${feed}, ${JSON.stringify(failure)}::jsonb)
    on conflict (feed) do update set failure = excluded.failure`.execute(within);
}
