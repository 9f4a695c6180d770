import type { ContentStore } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { GRACE_MS } from './living.ts';

const PAGE = 20_000;
const BATCH = 2_000;

/**
 * Makes rows and files agree. A file without a row that is older than a day gets one, and what needs it decides whether it stays; a
 * younger one is being written. A row without its file is removed: whoever needs the file fetches it again.
 *
 * A million files take 8 MB here: a digest is known by its first 52 bits.
 */
export async function compareStore(
  session: Kysely<Tables>,
  context: Pick<ServerContext, 'clock' | 'stopping'>,
  store: Pick<ContentStore, 'list' | 'has'>,
): Promise<{ readonly files: number; readonly mended: number }> {
  const startedAt = context.clock();
  const rows = await readKeys(session);
  const seen = new Uint8Array(rows.length);
  let files = 0;
  let mended = 0;
  let unknown: Listed[] = [];
  for await (const file of store.list()) {
    context.stopping.throwIfAborted();
    files += 1;
    const place = indexOf(rows, keyOf(file.sha256));
    if (place >= 0) seen[place] = 1;
    else if (file.storedAt.getTime() < startedAt.getTime() - GRACE_MS) unknown.push(file);
    if (unknown.length < BATCH) continue;
    mended += await addRows(session, unknown);
    unknown = [];
  }
  mended += await addRows(session, unknown);
  const missing = new Set<number>();
  for (const [place, key] of rows.entries()) if (seen[place] === 0) missing.add(key);
  if (missing.size > 0) mended += await removeRows(session, store, missing, startedAt);
  return { files, mended };
}

interface Listed {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly storedAt: Date;
}

/** 13 hexadecimal digits are 52 bits, which a number holds exactly. */
function keyOf(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 13), 16);
}

/** In the order of their digests. */
async function readKeys(session: Kysely<Tables>): Promise<Float64Array> {
  let keys = new Float64Array(PAGE);
  let count = 0;
  for await (const page of pages(session, new Date(8.64e15))) {
    if (count + page.length > keys.length) {
      const larger = new Float64Array(Math.max(keys.length * 2, count + page.length));
      larger.set(keys);
      keys = larger;
    }
    for (const sha256 of page) keys[count++] = keyOf(sha256);
  }
  // The database may sort texts in its own way.
  return keys.subarray(0, count).sort();
}

async function* pages(session: Kysely<Tables>, storedBefore: Date): AsyncGenerator<readonly string[]> {
  for (let after = ''; ;) {
    const { rows } = await sql<{ sha256: string; stored_at: Date }>`
      select sha256, stored_at from content_object where sha256 > ${after} order by sha256 limit ${PAGE}`.execute(
      session,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.filter((row) => row.stored_at < storedBefore).map((row) => row.sha256);
    after = last.sha256;
  }
}

function indexOf(keys: Float64Array, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = keys[middle] ?? Number.NaN;
    if (found === key) return middle;
    if (found < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

async function addRows(session: Kysely<Tables>, files: readonly Listed[]): Promise<number> {
  if (files.length === 0) return 0;
  const values = files.map(({ sha256, sizeBytes, storedAt }) => ({
    sha256,
    size_bytes: sizeBytes,
    at: storedAt.toISOString(),
  }));
  const { numAffectedRows } = await sql`
    insert into content_object (sha256, size_bytes, stored_at, last_used_at)
    select f.sha256, f.size_bytes, f.at, f.at
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as f (sha256 text, size_bytes bigint, at timestamptz)
    on conflict do nothing`.execute(session);
  return Number(numAffectedRows ?? 0);
}

/** Only rows from before the store was listed, and only after another look for the very file. */
async function removeRows(
  session: Kysely<Tables>,
  store: Pick<ContentStore, 'has'>,
  missing: ReadonlySet<number>,
  before: Date,
): Promise<number> {
  let removed = 0;
  for await (const page of pages(session, before)) {
    const candidates = page.filter((sha256) => missing.has(keyOf(sha256)));
    for (const sha256 of candidates) {
      if ((await store.has(sha256)) !== null) continue;
      await sql`delete from content_object where sha256 = ${sha256} and stored_at < ${before}`.execute(session);
      removed += 1;
    }
  }
  return removed;
}
