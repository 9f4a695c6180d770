import { Kysely, PostgresDialect } from 'kysely';
import { Client } from 'pg';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';

/** A connection of its own for long work: what it stages and what it has locked is gone when it ends, however it ends. */
export interface Session {
  readonly client: Client;
  /** Over the same connection: one statement at a time. */
  readonly kysely: Kysely<Tables>;
}

/**
 * Does work that only one replica may do at a time for a key.
 *
 * @param lock any constant that names the kind of work
 * @returns null: another replica has it.
 */
export async function alone<T>(
  { database }: Pick<ServerContext, 'database'>,
  lock: number,
  key: string,
  work: (session: Session) => Promise<T>,
): Promise<T | null> {
  const client = new Client({ ...database.connection, keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as got', [
      lock,
      key,
    ]);
    if (rows[0]?.got !== true) return null;
    return await work({ client, kysely: over(client) });
  } finally {
    await client.end();
  }
}

function over(client: Client): Kysely<Tables> {
  const borrowed = { query: client.query.bind(client), release: () => undefined };
  const pool = { connect: async () => borrowed, end: async () => undefined };
  // The dialect asks a pool for nothing else.
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool as never }) });
}
