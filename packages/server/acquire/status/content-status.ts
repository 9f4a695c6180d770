import { type ContentStore, StoreError } from '@thimble/content';
import type { ContentStatus } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { COLLECTION_LOCK } from '../collect/collect.ts';
import { lastCollectableBytes } from '../collect/collectable.ts';
import { RETENTION_DAYS } from '../collect/living.ts';
import { type Content, contentOf } from '../content.ts';

/** How the content store is, and what is under way on this server. */
export async function contentStatus(context: ServerContext, organisationId: string): Promise<ContentStatus> {
  const reserveBytes = context.settings.contentReserveMb * 1_000_000;
  const content = await contentOf(context).catch((error: unknown) => {
    if (error instanceof StoreError) return error;
    throw error;
  });
  const disk = await diskOf(content, reserveBytes);
  const [objects, collection, setting] = await Promise.all([
    readObjects(context),
    readCollection(context),
    readSetting(context, organisationId),
  ]);
  return {
    ...disk,
    ...objects,
    reserveBytes,
    access: context.settings.contentAccess,
    transfers: content instanceof StoreError ? [] : await transfersOf(context, organisationId, content),
    collection: { ...collection, collectableBytes: lastCollectableBytes(context) },
    ...setting,
  };
}

type Disk = Pick<ContentStatus, 'store' | 'freeBytes' | 'totalBytes' | 'state' | 'explanation'>;

async function diskOf(content: Content | StoreError, reserveBytes: number): Promise<Disk> {
  if (content instanceof StoreError) return unavailable('content store', content);
  const { store } = content;
  const space = await spaceOf(store);
  if (space instanceof StoreError) return unavailable(store.description, space);
  const sizes = {
    store: store.description,
    freeBytes: space?.freeBytes ?? null,
    totalBytes: space?.totalBytes ?? null,
  };
  if (space !== null && space.freeBytes < reserveBytes)
    return {
      ...sizes,
      state: 'full',
      explanation:
        `${megabytes(space.freeBytes)} MB are free, less than the reserve of ${megabytes(reserveBytes)} MB: nothing more is ` +
        'acquired, what is here is served on. Make room: retire snapshots and collect, or give it a larger disk.',
    };
  return { ...sizes, state: 'acquiring', explanation: '' };
}

async function spaceOf(store: ContentStore): Promise<Awaited<ReturnType<ContentStore['space']>> | StoreError> {
  try {
    return await store.space();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

function unavailable(store: string, { message }: StoreError): Disk {
  return { store, freeBytes: null, totalBytes: null, state: 'unavailable', explanation: message };
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1_000_000);
}

async function readObjects({
  database,
}: ServerContext): Promise<{ readonly objectCount: number; readonly objectBytes: number }> {
  const { rows } = await sql<{ objectCount: number; objectBytes: number }>`
    select count(*) as "objectCount", coalesce(sum(size_bytes), 0)::bigint as "objectBytes" from content_object`.execute(
    database.kysely,
  );
  return rows[0] ?? { objectCount: 0, objectBytes: 0 };
}

async function readCollection({
  database,
}: ServerContext): Promise<Omit<ContentStatus['collection'], 'collectableBytes'>> {
  const { rows } = await sql<{ started_at: Date; removed_count: number; removed_bytes: number }>`
    select started_at, removed_count, removed_bytes from content_collection order by started_at desc limit 1`.execute(
    database.kysely,
  );
  const held = await sql`select 1 from pg_locks where locktype = 'advisory' and classid = ${COLLECTION_LOCK}
    and database = (select oid from pg_database where datname = current_database()) and granted limit 1`.execute(
    database.kysely,
  );
  const [last] = rows;
  return {
    lastAt: last?.started_at.toISOString() ?? null,
    removedCount: last?.removed_count ?? 0,
    removedBytes: last?.removed_bytes ?? 0,
    running: held.rows.length > 0,
  };
}

async function readSetting(
  { database }: ServerContext,
  organisationId: string,
): Promise<Pick<ContentStatus, 'snapshotEveryHours' | 'retentionDays'>> {
  const { rows } = await sql<Pick<ContentStatus, 'snapshotEveryHours' | 'retentionDays'>>`
    select snapshot_every_hours as "snapshotEveryHours", retention_days as "retentionDays" from content_setting
    where organisation_id = ${organisationId}`.execute(database.kysely);
  return rows[0] ?? { snapshotEveryHours: null, retentionDays: RETENTION_DAYS };
}

/** Where others have repositories too, only what comes from the organisation's own hosts: names of files say what somebody runs. */
async function transfersOf(
  { database }: ServerContext,
  organisationId: string,
  { acquirer }: Content,
): Promise<ContentStatus['transfers']> {
  const transfers = acquirer.transfers();
  if (transfers.length === 0) return [];
  const { rows } = await sql<{ uri: string; own: boolean }>`
    select distinct uri, r.organisation_id = ${organisationId} as own from content_repository r, unnest(r.uris) as uri
    where r.removed_at is null`.execute(database.kysely);
  const alone = rows.every(({ own }) => own);
  const hosts = new Set(rows.filter(({ own }) => own).map(({ uri }) => URL.parse(uri)?.host));
  return transfers
    .filter(({ host }) => alone || hosts.has(host))
    .map(({ name, host, sizeBytes, receivedBytes, startedAt, followers }) => ({
      name,
      host,
      sizeBytes,
      receivedBytes,
      startedAt: startedAt.toISOString(),
      followers,
    }));
}
