import { type Kysely, sql } from 'kysely';
import { EVERYWHERE } from '../../access/index.ts';
import type { Database, Tables } from '../../storage/index.ts';
import type { OpenCount } from './count-open.ts';
import { namespacesOf } from './namespaces.ts';
import { sumUp } from './sum-up.ts';
import { summaryRows } from './summary-rows.ts';

/** Any constant: with the organisation it makes the advisory lock of whoever computes ('risk' in ASCII). */
const LOCK = 0x7269_736b;

/**
 * Computes an organisation's rows of `vulnerability_summary` and its curves anew, from manifests, verdicts and exceptions.
 * Everything here can be thrown away and computed again; the lists of the API read it instead of millions of findings.
 *
 * @returns false: another replica does it now.
 */
export async function refreshSummaries(
  { kysely }: Pick<Database, 'kysely'>,
  organisationId: string,
  now: Date,
): Promise<boolean> {
  return kysely.transaction().execute(async (within) => {
    const lock = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(${LOCK}::int, hashtext(${organisationId})) as got`.execute(within);
    if (lock.rows[0]?.got !== true) return false;
    // What changes from here on makes it due again. Outside of the transaction: news that come meanwhile mark this row, and
    // must not wait until a large fleet is summed up. Killed before its end, it is due for not having been computed.
    await sql`insert into assessment_state (organisation_id) values (${organisationId})
      on conflict (organisation_id) do update set due_at = null, computed_at = null`.execute(kysely);
    const { fleet, counts, risk, patches } = await sumUp(within, organisationId, EVERYWHERE, now);
    await writeSummaries(within, organisationId, counts);
    const namespaces = await namespacesOf(within, fleet);
    await sql`update assessment_state set computed_at = ${now}, risk = ${JSON.stringify(risk)}::jsonb,
      next_patches = ${JSON.stringify(patches)}::jsonb,
      namespaces = ${JSON.stringify(namespaces)}::jsonb where organisation_id = ${organisationId}`.execute(within);
    return true;
  });
}

async function writeSummaries(
  within: Kysely<Tables>,
  organisationId: string,
  counts: readonly OpenCount[],
): Promise<void> {
  await sql`
    with given as (${summaryRows(organisationId, counts)}),
    gone as (
      delete from vulnerability_summary s where s.organisation_id = ${organisationId}
        and not exists (select 1 from given where given.vulnerability = s.vulnerability))
    insert into vulnerability_summary as s (organisation_id, vulnerability, title, severity, cvss, epss, kev, exploited,
      exploit_public, score, decision, packages, fix_state, minor, endpoint_count, accepted_count, not_effective_count,
      first_seen_at)
    select organisation_id, vulnerability, title, severity, cvss, epss, kev, exploited, exploit_public, score,
      decision, packages, fix_state, minor, endpoint_count, accepted_count, not_effective_count, first_seen_at
    from given order by vulnerability
    on conflict (organisation_id, vulnerability) do update set title = excluded.title, severity = excluded.severity,
      cvss = excluded.cvss, epss = excluded.epss, kev = excluded.kev, exploited = excluded.exploited,
      exploit_public = excluded.exploit_public, score = excluded.score, decision = excluded.decision,
      packages = excluded.packages, fix_state = excluded.fix_state, minor = excluded.minor,
      endpoint_count = excluded.endpoint_count, accepted_count = excluded.accepted_count,
      not_effective_count = excluded.not_effective_count,
      first_seen_at = least(s.first_seen_at, excluded.first_seen_at)
    where (s.*) is distinct from (excluded.*)`.execute(within);
}
