import type { ContentManifest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { NAMES_LOCK } from '../snapshots/create.ts';
import type { Importer } from './import-repository.ts';

const NAME_LIMIT = 100;

export interface ImportedSnapshot {
  readonly id: string;
  readonly name: string;
  /** It was not here before. */
  readonly isNew: boolean;
}

/**
 * The snapshot of a bundle, of the day on which it was made there. The same bundle again is the same snapshot, whatever people call it
 * now; another one that has its name keeps it.
 */
export async function importSnapshot(
  within: Kysely<Tables>,
  { newId }: Pick<ServerContext, 'newId'>,
  { organisationId, name: person, now }: Importer,
  snapshot: ContentManifest['snapshot'],
  revisionIds: readonly string[],
): Promise<ImportedSnapshot> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${organisationId}, ${NAMES_LOCK}))`.execute(within);
  const wanted = usualName(snapshot.name);
  const stated = new Date(snapshot.createdAt);
  const createdAt = stated > now ? now : stated;
  const ids = [...revisionIds].sort();
  const known = await sql<{ id: string; name: string }>`
    select s.id, s.name from content_snapshot s
    where s.organisation_id = ${organisationId} and s.collected_at is null
      and (s.name = ${wanted} or (s.origin = 'imported' and s.created_at = ${createdAt}))
      and ${ids}::uuid[] = array(select m.revision_id from content_snapshot_revision m where m.snapshot_id = s.id order by 1)
    order by s.name = ${wanted} desc limit 1`.execute(within);
  const [same] = known.rows;
  if (same !== undefined) return { ...same, isNew: false };
  const id = newId();
  const name = await freeName(within, organisationId, wanted);
  await sql`
    insert into content_snapshot (id, organisation_id, name, note, origin, created_at, created_by)
    values (${id}, ${organisationId}, ${name}, ${snapshot.note}, 'imported', ${createdAt}, ${person})`.execute(within);
  await sql`
    insert into content_snapshot_revision (snapshot_id, revision_id)
    select ${id}::uuid, unnest(${ids}::uuid[])`.execute(within);
  return { id, name, isNew: true };
}

/** As people here may call snapshots. */
function usualName(given: string): string {
  const name = given
    .replace(/[^A-Za-z0-9 ._:+-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, NAME_LIMIT)
    .trim();
  return name === '' ? 'imported' : name;
}

async function freeName(within: Kysely<Tables>, organisationId: string, wanted: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select name from content_snapshot where organisation_id = ${organisationId}`.execute(within);
  const taken = new Set(rows.map(({ name }) => name));
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const suffix = `.${number}`;
    const name = wanted.slice(0, NAME_LIMIT - suffix.length) + suffix;
    if (!taken.has(name)) return name;
  }
}
