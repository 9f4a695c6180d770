import { type Kysely, sql } from 'kysely';
import { activeExceptions, excepts, reachesFix } from '../../assess/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { ReportedLists, ReportedUpdate } from './read-lists.ts';

/** A vulnerability that is open in what is installed, and which version of the source or binary package ended it. */
export interface Closed {
  readonly vulnerability: string;
  readonly namespace: string;
  readonly fixVersion: string;
}

interface OpenVerdict {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly source: string;
  readonly purl: string;
  readonly vulnerability: string;
  readonly scheme: string;
  readonly fix_version: string;
  readonly fix_of: 'source' | 'binary' | null;
}

const AT_ONCE = 10_000;

/**
 * What each update closes, by its id. Of several installations of the same version the verdicts are the same, so each update is looked
 * at once however many endpoints lack it. What people said for the whole fleet to be no vulnerability there does not count; accepted risks do.
 */
export async function closedBy(
  within: Kysely<Tables>,
  organisationId: string,
  { updates, namespaces }: Pick<ReportedLists, 'updates' | 'namespaces'>,
  now: Date,
): Promise<ReadonlyMap<number, readonly Closed[]>> {
  const exceptions = (await activeExceptions(within, organisationId, now)).filter(({ kind }) => kind !== 'accepted');
  const byVulnerability = Map.groupBy(exceptions, ({ vulnerability }) => vulnerability);
  const closed = new Map<number, Closed[]>();
  const ids = [...updates.keys()];
  for (let at = 0; at < ids.length; at += AT_ONCE)
    for (const verdict of await openVerdicts(within, ids.slice(at, at + AT_ONCE), namespaces)) {
      const update = updates.get(verdict.id);
      if (update === undefined || !reachesFix(update, verdict)) continue;
      const { id, vulnerability, namespace, fix_version: fixVersion } = verdict;
      if ((byVulnerability.get(vulnerability) ?? []).some((exception) => excepts(exception, verdict, null))) continue;
      const list = closed.get(id) ?? [];
      closed.set(id, list);
      list.push({ vulnerability, namespace, fixVersion });
    }
  return closed;
}

async function openVerdicts(
  within: Kysely<Tables>,
  updateIds: readonly ReportedUpdate['id'][],
  namespaces: readonly string[],
): Promise<readonly OpenVerdict[]> {
  const { rows } = await sql<OpenVerdict>`
    select distinct u.id, s.namespace, s.name, coalesce(s.source_name, s.name) as source, s.purl, v.vulnerability, s.scheme,
      v.fix_version, v.fix_of
    from update_version u
    join software s on s.name = u.name and s.version = u.installed and s.architecture = u.architecture
      and s.namespace = any(${[...namespaces]}::text[])
    join verdict v on v.software_id = s.id and v.valid_to is null and v.outcome = 'affected' and v.fix_version is not null
    where u.id = any(${[...updateIds]}::int[]) order by v.vulnerability, u.id`.execute(within);
  return rows;
}
