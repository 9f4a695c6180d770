import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { expireNext } from './expire.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Takes the content from records that are older than the setting `evidence-days`, once a day. Their digests, leaves and
 * proofs stay, so that everything else is proven as before.
 *
 * @returns what stops it.
 */
export function startRetention(context: ServerContext): () => Promise<void> {
  const days = context.settings.evidenceDays;
  if (days === undefined) return async () => undefined;
  let working = Promise.resolve();
  const work = (): void => {
    working = working
      .then(() => expireOld(context, days))
      .catch((error: unknown) => context.log.error({ err: error }, 'old evidence keeps its content'));
  };
  const timer = setInterval(work, HOUR_MS);
  work();
  return async () => {
    clearInterval(timer);
    await working;
  };
}

/** Whole days, so that the log says once a day what is gone and not with each look. */
export async function expireOld(context: ServerContext, days: number): Promise<void> {
  const today = Math.floor(context.clock().getTime() / DAY_MS) * DAY_MS;
  const before = new Date(today - days * DAY_MS);
  const { rows } = await sql<{ id: string }>`select id from organisation`.execute(context.database.kysely);
  for (const { id } of rows)
    for (let more = true; more && !context.stopping.aborted;) more = await expireNext(context, id, before, days);
}
