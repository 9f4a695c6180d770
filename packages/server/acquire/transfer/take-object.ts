import type { Readable } from 'node:stream';
import { receiveObject } from '@thimble/content';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { contentOf } from '../content.ts';
import { problemOf } from './problem-of.ts';

/**
 * Takes one file of a bundle into the store, once its digest has proved right. That something needs it is for the import to say, within a
 * day.
 *
 * @param announcedBytes null: not said
 * @throws HttpProblem 422 `wrong-digest`; 507 `disk-full`; 503
 */
export async function takeObject(
  context: ServerContext,
  sha256: string,
  body: Readable,
  announcedBytes: number | null,
): Promise<void> {
  const reserveBytes = context.settings.contentReserveMb * 1_000_000;
  try {
    const { store } = await contentOf(context);
    const sizeBytes = await receiveObject(store, sha256, body, { announcedBytes, reserveBytes });
    const now = context.clock();
    await sql`
      insert into content_object (sha256, size_bytes, stored_at, last_used_at)
      values (${sha256}, ${sizeBytes}, ${now}, ${now})
      on conflict (sha256) do update set stored_at = excluded.stored_at`.execute(context.database.kysely);
  } catch (error) {
    throw problemOf(error);
  }
}
