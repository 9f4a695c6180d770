import { type RawBuilder, sql } from 'kysely';
import { storableJson } from '../../advisories/index.ts';
import type { OpenCount } from './count-open.ts';

const PACKAGES_NAMED = 100;

/** Counts as rows of the form of `vulnerability_summary`, with what is known of each vulnerability, and the overrides. */
export function summaryRows(organisationId: string, counts: readonly OpenCount[]): RawBuilder<unknown> {
  const rows = counts.map(({ firstSeenMs, packages, ...count }) => ({
    ...count,
    packages: packages.slice(0, PACKAGES_NAMED),
    firstSeenAt: new Date(Number.isFinite(firstSeenMs) ? firstSeenMs : 0).toISOString(),
  }));
  return sql`
    select ${organisationId}::uuid as organisation_id, r.vulnerability, v.title, coalesce(o.severity, v.severity) as severity,
      v.cvss, v.epss, v.kev, v.exploited, v.exploit_public, coalesce(o.score, v.score) as score,
      coalesce(o.decision, v.decision) as decision, array(select jsonb_array_elements_text(r.packages)) as packages,
      r."fixState" as fix_state, r.minor, r."endpointCount" as endpoint_count, r."acceptedCount" as accepted_count,
      r."notEffectiveCount" as not_effective_count, r."firstSeenAt" as first_seen_at
    from jsonb_to_recordset(${storableJson(rows)}::jsonb) as r (vulnerability text, packages jsonb, "fixState" text,
      minor boolean, "endpointCount" int, "acceptedCount" int, "notEffectiveCount" int, "firstSeenAt" timestamptz)
    join vulnerability v on v.id = r.vulnerability
    left join vulnerability_override o on o.organisation_id = ${organisationId} and o.vulnerability = r.vulnerability
      and o.ended_at is null`;
}
