import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';

/** All objects of a store's folder by their names; those whose bytes are others, apart. */
export async function readObjects(
  store: string,
): Promise<{ readonly present: ReadonlySet<string>; readonly corrupt: readonly string[] }> {
  const present = new Set<string>();
  const corrupt: string[] = [];
  for (const shard of await readdir(join(store, 'objects')).catch(() => []))
    for (const name of await readdir(join(store, 'objects', shard))) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(join(store, 'objects', shard, name)), hash);
      present.add(shard + name);
      if (hash.digest('hex') !== shard + name) corrupt.push(shard + name);
    }
  return { present, corrupt };
}

/** What is wrong with a store and its database, in words; empty: every object is what its name says, and every row has its file. */
export async function flawsOf(store: string, pool: Pool): Promise<readonly string[]> {
  // First the rows: what is stored meanwhile has its file before its row.
  const { rows } = await pool.query<{ sha256: string; why: string }>(
    `select sha256, 'object' as why from content_object
     union select f.sha256, 'metadata ' || f.path from content_revision_file f where not f.on_demand`,
  );
  const { present, corrupt } = await readObjects(store);
  return [
    ...corrupt.map((sha256) => `${sha256} has other bytes`),
    ...rows.filter(({ sha256 }) => !present.has(sha256)).map(({ sha256, why }) => `${sha256} (${why}) is not there`),
  ];
}

export interface RevisionList {
  readonly sequence: number;
  readonly metadataSha256: string;
  /** `path sha256`, in the order of paths. */
  readonly packages: readonly string[];
}

/** What each revision lists. */
export async function readRevisions(pool: Pool, repositoryId: string): Promise<readonly RevisionList[]> {
  const { rows } = await pool.query<RevisionList>(
    `select v.sequence, v.metadata_sha256 as "metadataSha256", coalesce((
       select array_agg(p.path || ' ' || p.check_value order by p.path collate "C") from content_package p
       where p.repository_id = v.repository_id and p.since_sequence <= v.sequence
         and (p.until_sequence is null or p.until_sequence > v.sequence)), '{}') as packages
     from content_revision v where v.repository_id = $1 order by v.sequence`,
    [repositoryId],
  );
  return rows;
}
