import type { ContentStore } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import { GRACE_MS } from './living.ts';

const PAGE = 10_000;
const BATCH = 2_000;

/**
 * Makes rows and files agree. A file without a row that is older than a day gets one, and what needs it decides whether it stays; a
 * younger one is being written. A row without its file is removed: whoever needs the file fetches it again.
 *
 * A million files take 16 MB here: a digest is known by its first 48 bits.
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

/** 12 hexadecimal digits are 48 bits, which a number holds exactly. */
const KEY_BYTES = 6;
function keyOf(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 2 * KEY_BYTES), 16);
}

/** In order. Packed by the database: a million digests as texts would be a hundred megabytes on their way. */
async function readKeys(session: Kysely<Tables>): Promise<Float64Array> {
  let keys = new Float64Array(PAGE);
  let count = 0;
  for (let after = ''; ;) {
    const { rows } = await sql<{ last: string | null; packed: Buffer | null }>`
      select max(sha256) as last, string_agg(decode(left(sha256, ${2 * KEY_BYTES}), 'hex'), ''::bytea) as packed
      from (select sha256 from content_object where sha256 > ${after} order by sha256 limit ${PAGE}) page`.execute(
      session,
    );
    const { last, packed } = rows[0] ?? { last: null, packed: null };
    if (last === null || packed === null) break;
    if (count + PAGE > keys.length) {
      const larger = new Float64Array(keys.length * 2);
      larger.set(keys);
      keys = larger;
    }
    for (let offset = 0; offset < packed.length; offset += KEY_BYTES)
      keys[count++] = packed.readUIntBE(offset, KEY_BYTES);
    after = last;
  }
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
