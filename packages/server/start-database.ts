import { randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';
import type { Logger } from 'pino';
import { type RunningPostgres, startPostgres } from './postgres/index.ts';
import { type Secrets, bindSecrets, loadSecrets } from './secrets/index.ts';
import type { Settings } from './settings/index.ts';
import { type Database, assertIsolated, migrate, openDatabase, readMigrations } from './storage/index.ts';
import type { Undo } from './undo.ts';

export interface StartedDatabase {
  readonly database: Database;
  /** Undefined with a database of one's own. */
  readonly postgres: RunningPostgres | undefined;
  readonly secrets: Secrets;
}

/** Opens the database of the settings, starting the embedded one if none is named, and brings it up to date. */
export async function startDatabase(settings: Settings, log: Logger, undo: Undo): Promise<StartedDatabase> {
  const { database, postgres } = await reachDatabase(settings, log, undo);
  const secrets = await loadSecrets(database, { settings, random: randomBytes });
  const applied = await migrate(database.connection, await readMigrations());
  await assertIsolated(database.pool);
  if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought up to date');
  await bindSecrets(database, secrets);
  return { database, postgres, secrets };
}

/** The same as it is: for whoever replaces it. The caller holds the data directory's lock. */
export async function reachDatabase(
  settings: Settings,
  log: Logger,
  undo: Undo,
): Promise<Omit<StartedDatabase, 'secrets'>> {
  let postgres: RunningPostgres | undefined;
  let target: ClientConfig = { connectionString: settings.databaseUrl };
  if (settings.databaseUrl === undefined) {
    postgres = await startPostgres({
      dataDirectory: settings.data,
      sharedBuffersMb: settings.postgresSharedBuffersMb,
      maximumConnections: settings.postgresConnections,
      onLog: (line) => log[severityOf(line)]({ line }, 'postgres'),
    });
    undo.add(postgres.stop);
    target = { host: postgres.socketDirectory, user: postgres.user, database: postgres.database };
  }
  const database = await openDatabase(target, settings.databasePoolSize, (error) =>
    log.warn({ err: error }, 'a database connection broke'),
  );
  undo.add(database.close);
  return { database, postgres };
}

/** We ask for a connection until the server is ready, so its refusals meanwhile are no news. */
function severityOf(line: string): 'warn' | 'debug' {
  return /^(FATAL|PANIC|ERROR):/.test(line) && !/database system is (starting up|not yet accepting)/.test(line)
    ? 'warn'
    : 'debug';
}
