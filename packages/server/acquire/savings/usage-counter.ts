import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';

/** What was served, and to whom it counts. */
export interface Usage {
  readonly organisationId: string;
  readonly repositoryId: string | null;
  readonly revisionId: string | null;
  readonly site: string;
  readonly servedBytes: number;
  /** It was there, or on its way for somebody else. */
  readonly hit: boolean;
}

export interface UsageCounter {
  readonly add: (usage: Usage) => void;
  /** Writes what has been counted so far. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Row {
  readonly organisation_id: string;
  readonly hour: string;
  readonly repository_id: string | null;
  readonly revision_id: string | null;
  readonly site: string;
  requests: number;
  hits: number;
  served_bytes: number;
}

/** What a crash may lose. */
const FLUSH_MS = 5_000;
/** Rows of one batch. More only come together when the database is away; then the newest places are not counted. */
const ROWS_LIMIT = 50_000;
/** A writer that is silent for so long does not come back: its process has ended. */
const WRITER_LIFETIME_MS = 7 * 24 * 3_600_000;

/**
 * Counts in memory and writes now and then: a request costs no statement. Nothing is counted twice, also when the answer to a batch is
 * lost (batches are numbered, and the number is written with them); what was counted since the last batch is lost in a crash.
 */
export function startUsageCounter(context: ServerContext): UsageCounter {
  const writer = context.newId();
  let rows = new Map<string, Row>();
  /** Under way, or not known to have arrived. */
  let batch: { readonly sequence: number; readonly rows: readonly Row[] } | undefined;
  let sequence = 0;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    if (batch === undefined && rows.size > 0) {
      batch = { sequence: (sequence += 1), rows: [...rows.values()] };
      rows = new Map();
    }
    if (batch === undefined) return;
    await writeBatch(context, writer, batch.sequence, batch.rows);
    batch = undefined;
  };
  const flush = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(write);
    return writing;
  };
  const timer = setInterval(() => {
    flush().catch((error: unknown) => context.log.warn({ err: error }, 'usage was not written; it is tried again'));
  }, FLUSH_MS);
  return {
    add: ({ organisationId, repositoryId, revisionId, site, servedBytes, hit }) => {
      const hourMs = Math.floor(context.clock().getTime() / 3_600_000) * 3_600_000;
      const key = `${hourMs}|${organisationId}|${repositoryId ?? ''}|${revisionId ?? ''}|${site}`;
      let row = rows.get(key);
      if (row === undefined) {
        if (rows.size >= ROWS_LIMIT) return;
        row = {
          organisation_id: organisationId,
          hour: new Date(hourMs).toISOString(),
          repository_id: repositoryId,
          revision_id: revisionId,
          site,
          requests: 0,
          hits: 0,
          served_bytes: 0,
        };
        rows.set(key, row);
      }
      row.requests += 1;
      row.hits += hit ? 1 : 0;
      row.served_bytes += servedBytes;
    },
    flush,
    close: async () => {
      clearInterval(timer);
      // The one under way, and what has come since.
      await flush().catch(() => undefined);
      await flush().catch((error: unknown) => context.log.warn({ err: error }, 'the last usage was not written'));
    },
  };
}

async function writeBatch(
  { database, clock }: ServerContext,
  writer: string,
  sequence: number,
  rows: readonly Row[],
): Promise<void> {
  const now = clock();
  await database.kysely.transaction().execute(async (within) => {
    const taken = await sql`
      insert into content_usage_writer (id, sequence, at) values (${writer}, ${sequence}, ${now})
      on conflict (id) do update set sequence = excluded.sequence, at = excluded.at
        where content_usage_writer.sequence < excluded.sequence
      returning id`.execute(within);
    if (taken.rows.length === 0) return;
    await sql`delete from content_usage_writer where at < ${new Date(now.getTime() - WRITER_LIFETIME_MS)}`.execute(
      within,
    );
    await sql`
      insert into content_usage (organisation_id, hour, repository_id, revision_id, site, requests, hits, served_bytes)
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (organisation_id uuid, hour timestamptz,
        repository_id uuid, revision_id uuid, site text, requests bigint, hits bigint, served_bytes bigint)
      on conflict (organisation_id, hour, repository_id, revision_id, snapshot_id, relay_id, site) do update set
        requests = content_usage.requests + excluded.requests, hits = content_usage.hits + excluded.hits,
        served_bytes = content_usage.served_bytes + excluded.served_bytes`.execute(within);
  });
}
