import type { Block, ContentSource } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { blocksForOrders } from '../acquire/index.ts';
import type { Tables } from '../storage/index.ts';
import type { RunRow } from './load-targets.ts';

interface OrderContent {
  readonly content?: ContentSource;
  readonly blocks?: Block[];
}

/** A run over thousands of endpoints signs thousands of orders with the same content in one transaction, which read its run once. */
const known = new WeakMap<RunRow, Promise<OrderContent>>();

/**
 * What the orders of a run say about packages: from where they come (its snapshot, with the digests of its metadata) and which must
 * not be installed. Orders that go back say neither: the kept files are on the endpoint, and the way back has to stay open, also to a
 * version that was recalled since.
 */
export function contentOfRun(within: Kysely<Tables>, run: RunRow): Promise<OrderContent> {
  let content = known.get(run);
  if (content === undefined) {
    content = readContent(within, run);
    known.set(run, content);
  }
  return content;
}

async function readContent(within: Kysely<Tables>, run: RunRow): Promise<OrderContent> {
  const blocks = await blocksForOrders(within, run.organisation_id);
  return {
    ...(run.snapshot_id === null ? {} : { content: await contentOfSnapshot(within, run.snapshot_id) }),
    ...(blocks.length === 0 ? {} : { blocks: [...blocks] }),
  };
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
