import type { FailureCode } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Tables, asSystem } from '../../storage/index.ts';
import { SHARE_FAILURES } from './sharing-mode.ts';

/** How long a failure is told of: later ones are another version, or were dealt with. */
const TOLD_DAYS = 30;
/** Of a larger transaction nobody can say which package it was. */
const PATCHES_TO_BLAME = 20;
/** Of the patch, not of the endpoint: a full disk or an endpoint that was switched off says nothing of it. */
const FAILURES: readonly FailureCode[] = ['install-failed', 'not-verified', 'reboot-failed'];
/** A smaller number of organisations could tell a neighbour who they are. */
const COUNTED_FROM = 3;

/** All that is told of it: no organisation, no endpoint, no message. */
export interface FailureElsewhere {
  readonly name: string;
  readonly version: string;
  /** null: too few to be counted. */
  readonly organisationCount: number | null;
  /** os-release ids. */
  readonly platforms: readonly string[];
  /** Of the last one: `2026-05-10`. */
  readonly day: string;
}

/**
 * Which of these patches failed when they were tried or installed at other organisations below the same provider that share failures. The one
 * place where a rollout looks beyond its organisation: what it learns is made up here, of rows that it never sees.
 *
 * @param seeing all organisations: a connection of its own, or the transaction of a loop
 */
export async function failuresElsewhere(
  seeing: Kysely<Tables>,
  now: Date,
  organisationId: string,
  patches: readonly { readonly name: string; readonly version: string }[],
): Promise<readonly FailureElsewhere[]> {
  const wanted = JSON.stringify(patches.map(({ name, version }) => ({ name, version })));
  const { rows } = await asSystem(() =>
    sql<FailureElsewhere>`
      with top as (
        select id from organisations_above(${organisationId}::uuid) order by distance desc limit 1
      ), family as (
        select id from top union all select b.id from top cross join lateral organisations_below(top.id) b
      ), sharing as (
        select o.id from family f join organisation o on o.id = f.id and o.archived_at is null
        join server_setting s on s.organisation_id = o.id and s.name = ${SHARE_FAILURES}
        where s.value in ('"warn"'::jsonb, '"hold"'::jsonb) and o.id <> ${organisationId}
      ), failed as (
        select p.name, p.version, r.organisation_id, e.os_id, o.outcome_at
        from jsonb_to_recordset(${wanted}::jsonb) as w (name text, version text)
        join rollout_patch p on p.name = w.name and p.version = w.version
        join rollout r on r.id = p.rollout_id and r.organisation_id in (select id from sharing)
          and r.started_at > ${now}::timestamptz - make_interval(days => ${TOLD_DAYS})
        join rollout_patch_set s on s.rollout_id = r.id and p.number = any(s.patches)
          and cardinality(s.patches) <= ${PATCHES_TO_BLAME}
        join rollout_member m on m.rollout_id = r.id and m.patch_set = s.number
        join endpoint e on e.id = m.endpoint_id
        join run u on u.rollout_id = r.id
        cross join lateral (
          select kind, outcome_at, outcome -> 'result' as result from endpoint_order where run_id = u.id and endpoint_id = m.endpoint_id
            and kind in ('trial', 'apply', 'rollback') and outcome_at is not null order by generation desc limit 1) o
        where case o.result ->> 'kind'
          when 'tried' then o.result -> 'report' ->> 'verdict' = 'failed'
          when 'failed' then o.result ->> 'code' = any(${FAILURES}::text[])
          when 'applied' then o.kind = 'rollback'
          else false end
      )
      select name, version,
        case when count(distinct organisation_id) >= ${COUNTED_FROM} then count(distinct organisation_id)::integer end
          as "organisationCount",
        array_agg(distinct os_id) as platforms, to_char(max(outcome_at) at time zone 'UTC', 'YYYY-MM-DD') as day
      from failed group by name, version order by name, version`.execute(seeing),
  );
  return rows;
}
