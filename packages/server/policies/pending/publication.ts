import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { Closed } from './closed-by.ts';
import type { PendingUpdate } from './pending-updates.ts';
import type { ReportedUpdate } from './read-lists.ts';

/** When an update was published, and by whom that is known. */
export type Publication = Pick<PendingUpdate, 'publishedMs' | 'publishedBy' | 'fixedSinceMs'>;

/** When vendors announced versions as fixes, and when endpoints first reported updates. */
export interface PublicationDates {
  /** By namespace, package and version. */
  readonly announced: ReadonlyMap<string, number>;
  /** By package and version. */
  readonly firstSeen: ReadonlyMap<string, number>;
}

const AT_ONCE = 10_000;

export async function publicationDates(
  within: Kysely<Tables>,
  organisationId: string,
  updates: readonly ReportedUpdate[],
  namespaces: readonly string[],
  closed: ReadonlyMap<number, readonly Closed[]>,
): Promise<PublicationDates> {
  const names = [...new Set(updates.flatMap(({ name, source }) => [name, source]))];
  const fixes = [...closed.values()].flatMap((list) => list.map(({ fixVersion }) => fixVersion));
  const versions = updates.flatMap(({ candidate, sourceVersion }) => [candidate, sourceVersion]);
  return {
    announced: await announcedDates(within, namespaces, names, [...new Set([...fixes, ...versions])]),
    firstSeen: await firstSeenDates(within, organisationId, names),
  };
}

/**
 * By announcements of updates alone (DSA-…, USN-…): a record that is called by a vulnerability's id states when that became known, and
 * its fix came later.
 */
async function announcedDates(
  within: Kysely<Tables>,
  namespaces: readonly string[],
  names: readonly string[],
  versions: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const dates = new Map<string, number>();
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const { rows } = await sql<{ namespace: string; name: string; version: string; published: string }>`
      select c.namespace, c.name, c.body->'fix'->>'version' as version, min(v.document->>'published') as published
      from claim c join advisory_version v on v.advisory_id = c.advisory_id and v.valid_to is null and v.withdrawn is null
      where c.valid_to is null and c.namespace = any(${[...namespaces]}::text[])
        and c.name = any(${names.slice(at, at + AT_ONCE)}::text[])
        and c.body->'fix'->>'version' in (select unnest(${[...versions]}::text[]))
        and v.name !~ 'CVE-' and v.document->>'published' is not null
      group by 1, 2, 3`.execute(within);
    for (const { namespace, name, version, published } of rows) {
      const at = Date.parse(published);
      if (Number.isFinite(at)) dates.set(`${namespace}\0${name}\0${version}`, at);
    }
  }
  return dates;
}

async function firstSeenDates(
  within: Kysely<Tables>,
  organisationId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string; candidate: string; at: Date }>`
    select name, candidate, min(first_seen_at) as at from update_version
    where organisation_id = ${organisationId} and name in (select unnest(${[...names]}::text[]))
      and first_seen_at is not null
    group by name, candidate`.execute(within);
  return new Map(rows.map(({ name, candidate, at }) => [`${name}\0${candidate}`, at.getTime()]));
}

/** The earliest that is known: a fix that endpoints reported before it was announced was there by then. */
export function publicationOf(
  { announced, firstSeen }: PublicationDates,
  update: ReportedUpdate,
  namespaces: readonly string[],
  closed: readonly Closed[],
): Publication {
  const { name, source, candidate, sourceVersion } = update;
  const announcedMs = earliest(
    namespaces.flatMap((namespace) => [
      announced.get(`${namespace}\0${source}\0${sourceVersion}`),
      announced.get(`${namespace}\0${name}\0${candidate}`),
    ]),
  );
  const seenMs = firstSeen.get(`${name}\0${candidate}`) ?? null;
  const publishedMs = earliest([announcedMs ?? undefined, seenMs ?? undefined]);
  const fixedMs = closed.flatMap(({ namespace, fixVersion }) => [
    announced.get(`${namespace}\0${source}\0${fixVersion}`),
    announced.get(`${namespace}\0${name}\0${fixVersion}`),
  ]);
  return {
    publishedMs,
    publishedBy: publishedMs === null ? null : publishedMs === announcedMs ? 'advisory' : 'first-seen',
    fixedSinceMs: earliest([...fixedMs, publishedMs ?? undefined]),
  };
}

function earliest(times: readonly (number | undefined)[]): number | null {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}
