import type { ContentStore } from '@thimble/content';
import type { BundledObject } from '@thimble/content/bundle';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { contentOf } from '../content.ts';

/** Questions to the store at once: a disk is not faster with more, a service has its own limits. */
const ASKED_AT_ONCE = 32;

/**
 * Of these digests those that the store lacks, in their order. What it has is kept for another day, though nothing needs it yet: the import that asks may
 * take long.
 */
export async function missingObjects(context: ServerContext, digests: readonly string[]): Promise<readonly string[]> {
  const { store } = await contentOf(context);
  const absent = new Set(
    await absentFrom(
      store,
      digests.map((sha256) => ({ sha256, sizeBytes: null })),
    ),
  );
  const present = digests.filter((sha256) => !absent.has(sha256));
  await keepForADay(context, present);
  return [...new Set(digests)].filter((sha256) => absent.has(sha256));
}

/** Those that are not there, or not with their size. */
export async function absentFrom(
  store: Pick<ContentStore, 'has'>,
  objects: Iterable<Omit<BundledObject, 'sizeBytes'> & { readonly sizeBytes: number | null }>,
): Promise<readonly string[]> {
  const waiting = objects[Symbol.iterator]();
  const absent: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const { sha256, sizeBytes } = next.value;
      const size = await store.has(sha256);
      if (size === null || (sizeBytes !== null && size !== sizeBytes)) absent.push(sha256);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, worker));
  return absent;
}

/** Collections remove what nothing needs and what is older than a day. */
async function keepForADay({ database, clock }: ServerContext, digests: readonly string[]): Promise<void> {
  await sql`update content_object set stored_at = ${clock()} where sha256 = any(${[...digests]}::text[])`.execute(
    database.kysely,
  );
}
