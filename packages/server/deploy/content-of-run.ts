import type { ContentSource } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';
import type { RunRow } from './load-targets.ts';

/** A run over thousands of endpoints signs thousands of orders with the same content in one transaction. */
const sources = new WeakMap<RunRow, Promise<ContentSource>>();

/** What the orders of a run say about where packages come from: nothing, or its snapshot with the digests of its metadata. */
export async function contentOfRun(within: Kysely<Tables>, run: RunRow): Promise<{ readonly content?: ContentSource }> {
  if (run.snapshot_id === null) return {};
  let source = sources.get(run);
  if (source === undefined) {
    source = contentOfSnapshot(within, run.snapshot_id);
    sources.set(run, source);
  }
  return { content: await source };
}

interface SourceRow {
  readonly snapshot_name: string;
  readonly revision_id: string;
  readonly format: ContentSource['repositories'][number]['format'];
  readonly uris: string[];
  readonly suite: string;
  readonly components: string[];
  readonly metadata_path: string;
  readonly metadata_sha256: string;
  readonly date: Date | null;
}

async function contentOfSnapshot(within: Kysely<Tables>, snapshotId: string): Promise<ContentSource> {
  const { rows } = await sql<SourceRow>`
    select s.name as snapshot_name, v.id as revision_id, r.format, r.uris, r.suite, r.components,
      v.metadata_path, v.metadata_sha256, v.date
    from content_snapshot s
    join content_snapshot_revision m on m.snapshot_id = s.id
    join content_revision v on v.id = m.revision_id
    join content_repository r on r.id = v.repository_id
    where s.id = ${snapshotId} order by r.name, v.id`.execute(within);
  const [first] = rows;
  if (first === undefined) throw new Error(`snapshot ${snapshotId} has no repository: its content was collected`);
  return {
    snapshotId,
    snapshotName: first.snapshot_name,
    repositories: rows.map((row) => ({
      revisionId: row.revision_id,
      format: row.format,
      uris: row.uris,
      suite: row.suite,
      components: row.components,
      metadataPath: row.metadata_path,
      metadataSha256: row.metadata_sha256,
      date: row.date?.toISOString() ?? null,
    })),
  };
}
