import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/**
 * Queues what follows from changed verdicts, in their transaction: priorities to compute, summaries to refresh, endpoints
 * whose findings must be judged again because an update that waits there may close a vulnerability now.
 */
export async function noteChanges(
  within: Kysely<Tables>,
  {
    vulnerabilities,
    software,
  }: { readonly vulnerabilities: ReadonlySet<string>; readonly software: ReadonlySet<number> },
  now: Date,
): Promise<void> {
  if (vulnerabilities.size === 0) return;
  const names = [...vulnerabilities].sort();
  await sql`insert into priority_due (vulnerability, since) select name, ${now}::timestamptz
    from unnest(${names}::text[]) as name on conflict do nothing`.execute(within);
  await markSummaries(within, now);
  const ids = [...software].sort((a, b) => a - b);
  await sql`
    insert into endpoint_due (endpoint_id, organisation_id, since)
    select distinct u.endpoint_id, u.organisation_id, ${now}::timestamptz
    from software s join update_version v on v.name = s.name and v.installed = s.version and not v.security
    join update_list l on l.organisation_id = v.organisation_id and l.update_ids @> array[v.id]
    join endpoint_updates u on u.organisation_id = l.organisation_id and u.sha256 = l.sha256 and u.valid_to is null
    where s.id = any(${ids}::int[]) order by u.endpoint_id on conflict do nothing`.execute(within);
}

/** Says that the organisations' summaries do not show the newest state. */
export async function markSummaries(within: Kysely<Tables>, now: Date, organisationId?: string): Promise<void> {
  const which = organisationId === undefined ? sql`true` : sql`o.id = ${organisationId}`;
  await sql`insert into assessment_state (organisation_id, due_at) select o.id, ${now}::timestamptz from organisation o
      where ${which} order by o.id
    on conflict (organisation_id) do update set due_at = excluded.due_at
      where assessment_state.due_at is null`.execute(within);
}
