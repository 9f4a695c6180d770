import { Kysely, PostgresDialect } from 'kysely';
import type { Client } from 'pg';
import type { Tables } from './tables.ts';

/** Typed queries in the session of one client, within whatever transaction it is in. Needs no end of its own. */
export function kyselyOn(client: Client): Kysely<Tables> {
  const connection = Object.assign(client, { release: () => undefined });
  return new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: { connect: async () => connection, end: async () => undefined, options: {} },
    }),
  });
}
