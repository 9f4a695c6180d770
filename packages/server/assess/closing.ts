import type { Gap, Severity } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';
import { namespaceGaps } from './gaps/namespace-gaps.ts';

/** A vulnerability that software has now, and where it is fixed. */
export interface OpenVulnerability {
  readonly id: string;
  readonly fixVersion: string;
  /** Of which package `fixVersion` is a version. */
  readonly fixOf: 'source' | 'binary';
}

/** Software that lists of packages name, with what of it a newer version would close. */
export interface FixableSoftware {
  readonly id: number;
  readonly namespace: string;
  readonly scheme: string;
  readonly name: string;
  readonly architecture: string | null;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  /** Not of kernels' modules and the like; only those with a known fix. */
  readonly open: readonly OpenVulnerability[];
}

const AT_ONCE = 10_000;

/** Of this software, what is called so or built from sources called so. */
export async function fixableSoftware(
  within: Kysely<Tables>,
  ids: readonly number[],
  names: readonly string[],
  sources: readonly string[],
): Promise<readonly FixableSoftware[]> {
  const found: FixableSoftware[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const { rows } = await sql<FixableSoftware>`
      with wanted as (select distinct unnest(${[...names]}::text[]) as name),
      built as (select distinct unnest(${[...sources]}::text[]) as name),
      chosen as materialized (
        select s.* from software s where s.id = any(${ids.slice(at, at + AT_ONCE)}::int[])
          and (s.name in (select name from wanted) or coalesce(s.source_name, s.name) in (select name from built)))
      select s.id, s.namespace, s.scheme, s.name, s.architecture, s.version, coalesce(s.source_name, s.name) as source,
        coalesce(s.source_version, s.version) as "sourceVersion",
        coalesce((
          select jsonb_agg(jsonb_build_object('id', v.vulnerability, 'fixVersion', v.fix_version, 'fixOf', v.fix_of))
          from verdict v where v.software_id = s.id and v.valid_to is null and v.outcome = 'affected'
            and v.fix_version is not null and v.fix_of is not null), '[]') as open
      from chosen s`.execute(within);
    found.push(...rows);
  }
  return found;
}

/** How urgent vulnerabilities are, as the fleet's last summary says. */
export async function urgencyOf(
  within: Kysely<Tables>,
  organisationId: string,
  vulnerabilities: readonly string[],
): Promise<ReadonlyMap<string, { readonly severity: Severity; readonly exploited: boolean; readonly score: number }>> {
  const { rows } = await sql<{ id: string; severity: Severity; exploited: boolean; score: number }>`
    select vulnerability as id, severity, exploited, score from vulnerability_summary
    where organisation_id = ${organisationId} and vulnerability = any(${[...vulnerabilities]})`.execute(within);
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

/** Why nothing, or not all, can be said about vulnerabilities of software of these namespaces. */
export async function advisoryGaps(
  within: Kysely<Tables>,
  namespaces: readonly string[],
  now: Date,
): Promise<readonly Gap[]> {
  return (await namespaceGaps(within, namespaces, now)).map(({ namespace, why }) => ({ what: namespace, why }));
}
