import type { Acquirer } from '@thimble/content';
import type { ServerContext } from '../context.ts';
import { type FetchedFor, recordUpstream } from './objects.ts';

/** The acquirer, with what it fetches counted for somebody. */
export function attributed(
  context: Pick<ServerContext, 'database' | 'clock' | 'log'>,
  acquirer: Acquirer,
  who: FetchedFor,
  onBytes: (bytes: number) => void = () => undefined,
): Acquirer {
  const count = (bytes: number): Promise<void> => {
    onBytes(bytes);
    // Counting is for watching: it must not end what is counted.
    return recordUpstream(context, who, bytes).catch((error: unknown) =>
      context.log.warn({ err: error }, 'bytes were not counted'),
    );
  };
  return {
    ...acquirer,
    acquire: async (wanted) => {
      const acquisition = await acquirer.acquire(wanted);
      if (acquisition.origin === 'fetching')
        acquisition.done.then(
          () => count(acquisition.sizeBytes),
          () => undefined,
        );
      return acquisition;
    },
    fetchUnverified: async (wanted, limits) => {
      const bytes = await acquirer.fetchUnverified(wanted, limits);
      await count(bytes?.length ?? 0);
      return bytes;
    },
  };
}
