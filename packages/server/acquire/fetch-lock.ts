import { setTimeout as sleep } from 'node:timers/promises';
import type { AcquirerSettings, ContentStore } from '@thimble/content';
import { Client } from 'pg';
import type { ServerContext } from '../context.ts';

/** Any constant: with the file it makes the advisory lock of whoever fetches it ('fetc' in ASCII). */
const LOCK = 0x6665_7463;
/** How often a server that waits for another one's fetch looks again. */
const LOOK_MS = 300;
const DIGEST = /[0-9a-f]{64}$/;

export interface FetchLock {
  readonly lock: NonNullable<AcquirerSettings['lock']>;
  readonly close: () => Promise<void>;
}

/**
 * Only one of several servers on a store fetches a file. The locks are PostgreSQL's, of one session for all of them: a server that
 * dies loses them at once. Should the session break while a file is fetched, another server may fetch it too; the store takes the
 * same bytes twice without harm.
 */
export function createFetchLock(context: ServerContext, store: Pick<ContentStore, 'has'>): FetchLock {
  let session: Promise<Client> | undefined;
  const connected = (): Promise<Client> => {
    session ??= connect(context, () => {
      session = undefined;
    });
    return session;
  };
  // One statement at a time: many files begin and end at once.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  };
  const take = (key: string): Promise<boolean> =>
    inTurn(async () => {
      const client = await connected();
      const { rows } = await client.query<{ got: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, $2)) as got',
        [key, LOCK],
      );
      return rows[0]?.got === true;
    });
  const give = (key: string): Promise<void> =>
    inTurn(async () => {
      // With its session a lock is gone by itself.
      const client = await session?.catch(() => undefined);
      await client?.query('select pg_advisory_unlock(hashtextextended($1, $2))', [key, LOCK]).catch(() => undefined);
    });
  return {
    lock: async (key, signal) => {
      for (let waited = false; ; waited = true) {
        signal.throwIfAborted();
        if (await take(key)) {
          const [digest] = DIGEST.exec(key) ?? [];
          if (!waited || digest === undefined || (await store.has(digest)) === null) return () => give(key);
          await give(key);
          return null;
        }
        await sleep(LOOK_MS, undefined, { signal });
      }
    },
    close: async () => {
      const client = await session?.catch(() => undefined);
      session = undefined;
      await client?.end();
    },
  };
}

async function connect({ database }: ServerContext, ended: () => void): Promise<Client> {
  const client = new Client({ ...database.connection, keepAlive: true });
  client.once('error', ended);
  client.once('end', ended);
  // A second error of a connection that is given up already must not end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    ended();
    throw error;
  }
  return client;
}
