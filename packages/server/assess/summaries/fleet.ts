import { type Kysely, sql } from 'kysely';
import { type Reach, endpointReachCondition } from '../../access/index.ts';
import type { Tables } from '../../storage/index.ts';

/** Endpoints that are alike: the same list of packages, the same kernels. */
export interface Group {
  readonly manifestId: number;
  readonly running: string | null;
  readonly installed: string | null;
  /** Set for an endpoint that an exception of its own singles out. */
  readonly endpointId: string | null;
  readonly count: number;
  /** When the first of them came to have this list. */
  readonly sinceMs: number;
}

/** The verdicts of one software, in columns: a fleet has millions. */
export interface SoftwareVerdicts {
  readonly name: string;
  readonly source: string | null;
  readonly namespace: string;
  readonly scheme: string;
  readonly purl: string;
  readonly kernelRelease: string | null;
  /** Places in `Fleet.vulnerabilities`. */
  readonly vulnerabilities: number[];
  readonly fixStates: string[];
  readonly fixVersions: (string | null)[];
  /** Undecided, or called unimportant by its vendor. */
  readonly minor: boolean[];
  readonly fromMs: number[];
  /** Infinity: it holds. */
  readonly toMs: number[];
}

/** What an organisation's endpoints within reach have, as small as it can be held. */
export interface Fleet {
  readonly groups: readonly Group[];
  readonly manifests: ReadonlyMap<number, Int32Array>;
  readonly software: ReadonlyMap<number, SoftwareVerdicts>;
  readonly vulnerabilities: readonly string[];
}

const MANIFESTS_AT_ONCE = 1_000;
const SOFTWARE_AT_ONCE = 2_000;

/**
 * @param apart endpoints that are groups of their own.
 * @param endedSince verdicts that ended after it are read too; null: only open ones.
 */
export async function loadFleet(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  apart: readonly string[],
  manifestIds: readonly number[],
  endedSince: Date | null,
): Promise<Fleet> {
  const groups = await readGroups(within, organisationId, reach, apart);
  const wanted = new Set([...groups.map(({ manifestId }) => manifestId), ...manifestIds]);
  const manifests = await readManifests(within, [...wanted]);
  const ids = new Set<number>();
  for (const list of manifests.values()) for (const id of list) ids.add(id);
  return { groups, manifests, ...(await readVerdicts(within, [...ids], endedSince)) };
}

async function readGroups(
  within: Kysely<Tables>,
  organisationId: string,
  reach: Reach,
  apart: readonly string[],
): Promise<readonly Group[]> {
  const { rows } = await sql<{
    manifest_id: number;
    running: string | null;
    installed: string | null;
    endpoint_id: string | null;
    count: number;
    since: Date;
  }>`
    select em.manifest_id, k.running, k.installed,
      case when em.endpoint_id = any(${apart}::uuid[]) then em.endpoint_id end as endpoint_id, count(*) as count,
      min(em.valid_from) as since
    from endpoint_manifest em
    left join endpoint_kernel k on k.endpoint_id = em.endpoint_id and k.valid_to is null
    where em.organisation_id = ${organisationId} and em.valid_to is null
      and ${endpointReachCondition(reach, sql`em.endpoint_id`)}
    group by 1, 2, 3, 4`.execute(within);
  return rows.map((row) => ({
    manifestId: row.manifest_id,
    running: row.running,
    installed: row.installed,
    endpointId: row.endpoint_id,
    count: row.count,
    sinceMs: row.since.getTime(),
  }));
}

async function readManifests(within: Kysely<Tables>, ids: readonly number[]): Promise<ReadonlyMap<number, Int32Array>> {
  const manifests = new Map<number, Int32Array>();
  for (let at = 0; at < ids.length; at += MANIFESTS_AT_ONCE) {
    const { rows } = await sql<{ id: number; software_ids: number[] | null }>`
      select id, software_ids from manifest where id = any(${ids.slice(at, at + MANIFESTS_AT_ONCE)}::int[])`.execute(
      within,
    );
    for (const row of rows) manifests.set(row.id, Int32Array.from(row.software_ids ?? []));
  }
  return manifests;
}

interface VerdictLine {
  readonly software_id: number;
  readonly name: string;
  readonly source: string | null;
  readonly namespace: string;
  readonly scheme: string;
  readonly purl: string;
  readonly kernel_release: string | null;
  readonly vulnerabilities: string[];
  readonly fix_states: string[];
  readonly fix_versions: (string | null)[];
  readonly minor: boolean[];
  readonly from_ms: number[];
  readonly to_ms: (number | null)[];
}

async function readVerdicts(
  within: Kysely<Tables>,
  ids: readonly number[],
  endedSince: Date | null,
): Promise<Pick<Fleet, 'software' | 'vulnerabilities'>> {
  const places = new Map<string, number>();
  const software = new Map<number, SoftwareVerdicts>();
  const placeOf = (vulnerability: string): number => {
    const known = places.get(vulnerability);
    if (known !== undefined) return known;
    places.set(vulnerability, places.size);
    return places.size - 1;
  };
  const ended = endedSince === null ? sql`false` : sql`v.valid_to > ${endedSince}::timestamptz`;
  for (let at = 0; at < ids.length; at += SOFTWARE_AT_ONCE) {
    const { rows } = await sql<VerdictLine>`
      select s.id as software_id, s.name, s.source_name as source, s.namespace, s.scheme, s.purl, s.kernel_release,
        array_agg(v.vulnerability) as vulnerabilities, array_agg(v.fix_state) as fix_states,
        array_agg(v.fix_version) as fix_versions,
        array_agg(v.outcome = 'unknown' or v.vendor_status is not distinct from 'unimportant') as minor,
        array_agg((extract(epoch from v.valid_from) * 1000)::float8) as from_ms,
        array_agg((extract(epoch from v.valid_to) * 1000)::float8) as to_ms
      from software s join verdict v on v.software_id = s.id and (v.valid_to is null or ${ended})
      where s.id = any(${ids.slice(at, at + SOFTWARE_AT_ONCE)}::int[]) group by s.id`.execute(within);
    for (const row of rows)
      software.set(row.software_id, {
        name: row.name,
        source: row.source,
        namespace: row.namespace,
        scheme: row.scheme,
        purl: row.purl,
        kernelRelease: row.kernel_release,
        vulnerabilities: row.vulnerabilities.map(placeOf),
        fixStates: row.fix_states,
        fixVersions: row.fix_versions,
        minor: row.minor,
        fromMs: row.from_ms,
        toMs: row.to_ms.map((to) => to ?? Infinity),
      });
  }
  return { software, vulnerabilities: [...places.keys()] };
}
