import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { asSystem } from '../../storage/index.ts';
import { publishContent } from '../publish.ts';
import { GRACE_MS, isUnneeded } from './living.ts';

/** It walks all objects: seconds for a million, which nobody who looks at the status waits for. */
const RENEW_MS = 5 * 60_000;

interface Figure {
  bytes: number;
  /** null: to be renewed at the next occasion. */
  readAtMs: number | null;
  renewing: Promise<void> | null;
}
const figures = new WeakMap<ServerContext, Figure>();

/**
 * What a collection would remove, as this server last counted it: at once, without a query. 0 until it is known the first time. When
 * it is older than five minutes it is counted again in the background, and whoever looks at the status hears when it is another.
 */
export function lastCollectableBytes(context: ServerContext): number {
  const figure = figureOf(context);
  const nowMs = context.clock().getTime();
  if (figure.readAtMs === null || nowMs - figure.readAtMs > RENEW_MS) void renewCollectable(context);
  return figure.bytes;
}

/** Counts again, after a collection; one count at a time. Never fails: what could not be counted is counted later. */
export function renewCollectable(context: ServerContext): Promise<void> {
  const figure = figureOf(context);
  figure.renewing ??= asSystem(() => renew(context, figure))
    .catch((error: unknown) => {
      if (!context.stopping.aborted) context.log.warn({ err: error }, 'what a collection would remove is not known');
    })
    .finally(() => {
      figure.renewing = null;
    });
  return figure.renewing;
}

function figureOf(context: ServerContext): Figure {
  let figure = figures.get(context);
  if (figure === undefined) {
    figure = { bytes: 0, readAtMs: null, renewing: null };
    figures.set(context, figure);
  }
  return figure;
}

async function renew(context: ServerContext, figure: Figure): Promise<void> {
  // From the begin of it: a count that fails is not tried with each look either.
  figure.readAtMs = context.clock().getTime();
  const bytes = await readCollectableBytes(context);
  if (bytes === figure.bytes) return;
  figure.bytes = bytes;
  await publishContent(context, context.defaultOrganisationId, 'status');
}

/** What a collection would remove now, in bytes. */
export async function readCollectableBytes({ database, clock }: ServerContext): Promise<number> {
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
