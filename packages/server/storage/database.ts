import { Kysely, PostgresDialect } from 'kysely';
import { type ClientConfig, type Pool, types } from 'pg';
import { OLDEST_MAJOR } from '../postgres/index.ts';
import { StorageError } from './error.ts';
import { nameStatements } from './name-statements.ts';
import { ORGANISATION_SETTING, SightedPool } from './sighted-pool.ts';
import type { Tables } from './tables.ts';
import { NOBODY, type Sight, asSystem } from './tenancy.ts';

/**
 * The PostgreSQL that everything is kept in. Use `kysely`; `pool` is for hot statements written by hand. Both see what the
 * present work may see (see tenancy.ts).
 */
export interface Database {
  readonly kysely: Kysely<Tables>;
  readonly pool: Pool;
  /** For code that needs a session of its own (COPY, LISTEN, advisory locks), which sees all organisations. */
  readonly connection: ClientConfig;
  readonly close: () => Promise<void>;
}

/** As server_version_num counts since PostgreSQL 10. */
const OLDEST_VERSION = OLDEST_MAJOR * 10_000;
const CONNECT_DEADLINE_MS = 10_000;
const STATEMENT_DEADLINE_MS = 60_000;
const INT8 = 20;
const DATE = 1082;

/**
 * Opens a pool and checks that the server on the other end can carry us.
 *
 * @param target `{ connectionString }` or `{ host: SOCKET_DIRECTORY, user, database }`.
 * @param outside what is seen by work of which nobody said whose it is
 * @throws StorageError `unreachable`, `too-old`, `wrong-encoding`
 */
export async function openDatabase(
  target: ClientConfig,
  poolSize: number,
  onIdleError: (error: Error) => void,
  outside: Sight = NOBODY,
): Promise<Database> {
  const connection: ClientConfig = {
    ...target,
    application_name: 'thimble',
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
    // The server itself, until a connection takes the role of tenants.
    options: `-c ${ORGANISATION_SETTING}=*`,
    types: { getTypeParser: typeParser as typeof types.getTypeParser },
  };
  const config = { ...connection, max: poolSize, statement_timeout: STATEMENT_DEADLINE_MS };
  const pool: Pool = new SightedPool(config, outside, (client) => {
    // One that breaks in the middle of its work fails the statement there; its own event must not end the process either.
    client.on('error', onIdleError);
    nameStatements(client);
  });
  // An idle connection that breaks (a restarted server) is replaced by the pool; without a listener it ends the process.
  pool.on('error', onIdleError);
  try {
    await asSystem(() => assertUsable(pool));
  } catch (error) {
    await pool.end();
    throw error;
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const close = async (): Promise<void> => {
    await kysely.destroy();
    // Kysely ends only a pool that it has used.
    if (!pool.ending) await pool.end();
  };
  return { kysely, pool, connection, close };
}

async function assertUsable(pool: Pool): Promise<void> {
  const { rows } = await pool
    .query<{ version: string; number: string; encoding: string }>(
      `select version() as version, current_setting('server_version_num') as number,
         current_setting('server_encoding') as encoding`,
    )
    .catch((cause: Error) => {
      throw new StorageError('unreachable', `the database does not answer: ${cause.message}`, { cause });
    });
  const [row] = rows;
  if (row === undefined || Number(row.number) < OLDEST_VERSION)
    throw new StorageError(
      'too-old',
      `PostgreSQL ${OLDEST_MAJOR} or newer is needed; this is ${row?.version ?? 'unknown'}`,
    );
  if (row.encoding !== 'UTF8')
    throw new StorageError(
      'wrong-encoding',
      `the database's encoding is ${row.encoding}; create it with encoding UTF8`,
    );
}

/** Counts and sequences are numbers here: a bigint beyond 2^53 is refused, not rounded. Dates without a time stay text. */
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8 && format !== 'binary') return safeInteger;
  if (oid === DATE) return String;
  return types.getTypeParser(oid, format ?? 'text');
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}
