import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { GRACE_MS, isUnneeded } from './living.ts';

/** It walks all objects: seconds for a million. */
const REMEMBER_MS = 5 * 60_000;

interface Known {
  readonly bytes: Promise<number>;
  readonly atMs: number;
}
const known = new WeakMap<ServerContext, Known>();

/** What a collection would remove now; up to five minutes old. */
export function collectableBytes(context: ServerContext): Promise<number> {
  const nowMs = context.clock().getTime();
  let answer = known.get(context);
  if (answer === undefined || nowMs - answer.atMs > REMEMBER_MS) {
    answer = { bytes: readCollectable(context), atMs: nowMs };
    known.set(context, answer);
    answer.bytes.catch(() => known.delete(context));
  }
  return answer.bytes;
}

export function forgetCollectable(context: ServerContext): void {
  known.delete(context);
}

async function readCollectable({ database, clock }: ServerContext): Promise<number> {
  const now = clock();
  const { rows } = await sql<{ bytes: number }>`
    with living as materialized (
      select v.id, v.repository_id, v.sequence from content_revision v where not ${isUnneeded(now, true)})
    select coalesce(sum(o.size_bytes), 0)::bigint as bytes from content_object o
    where o.stored_at < ${new Date(now.getTime() - GRACE_MS)}
      and not exists (select from content_revision_file f join living v on v.id = f.revision_id where f.sha256 = o.sha256)
      and not exists (select from content_package p join living v on v.repository_id = p.repository_id
        and v.sequence >= p.since_sequence and v.sequence < coalesce(p.until_sequence, 2147483647)
        where p.sha256 = o.sha256)`.execute(database.kysely);
  return rows[0]?.bytes ?? 0;
}
