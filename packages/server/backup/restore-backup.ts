import { type Kysely, sql } from 'kysely';
import type { Client } from 'pg';
import { readWhole } from '../report/index.ts';
import { type Database, type Tables, kyselyOn, migrateWithin, readMigrations } from '../storage/index.ts';
import { BackupError } from './backup-error.ts';
import { type CheckedBackup, checkBackup } from './check-backup.ts';
import { readContainer } from './container/file.ts';
import { goOnFromOlder, type OlderDatabase } from './go-on.ts';
import { stageKeyFiles } from './key-files.ts';
import { withSession } from './session.ts';
import { loadTables } from './tables/load-tables.ts';

export interface RestoreOptions {
  readonly connection: Database['connection'];
  readonly dataDirectory: string;
  readonly path: string;
  readonly passphrase: string | undefined;
  /** Whether what is in the database may go. */
  readonly replace: boolean;
  readonly now: Date;
}

export interface RestoreReport {
  readonly madeAt: string;
  readonly rows: number;
  readonly keys: readonly string[];
  readonly evidence: readonly RestoredEvidence[];
}

export interface RestoredEvidence {
  readonly organisationId: string;
  /** So many hold, counted from the first. */
  readonly records: number;
  /** What is wrong with the next one; null: there is none. */
  readonly fault: string | null;
}

/**
 * Reads the backup to its end first, then replaces the database in one transaction: killed at any moment, there is either what was
 * there before or all of the backup. Keys take their places right afterwards; a kill in between is mended by restoring again.
 *
 * @throws BackupError
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const migrations = await readMigrations();
  const checked = await checkBackup(options.path, options.passphrase, migrations);
  return withSession(options.connection, async (client) => {
    await client.query('begin');
    await assertAlone(client);
    await makeRoom(client, options.replace);
    const newest = checked.about.migrations.at(-1)?.number ?? 0;
    await migrateWithin(
      client,
      migrations.filter(({ number }) => number <= newest),
    );
    await loadTables(client, checked.about, checked.facts, readContainer(options.path, options.passphrase));
    await migrateWithin(client, migrations);
    const within = kyselyOn(client);
    const evidence = await readEvidence(within);
    await goOnFromOlder(within, told(checked, evidence, options.now));
    const placeKeys = await stageKeyFiles(options.dataDirectory, checked.keys);
    await client.query('commit');
    await placeKeys();
    const { madeAt } = checked.about;
    return { madeAt, rows: rowsOf(checked), keys: checked.keys.map(({ name }) => name), evidence };
  });
}

/** Whether the evidence holds as it came. One that does not is what was backed up, so it is restored and told of. */
async function readEvidence(within: Kysely<Tables>): Promise<readonly RestoredEvidence[]> {
  const { rows } = await sql<{ id: string }>`select id from organisation order by id`.execute(within);
  const read: RestoredEvidence[] = [];
  for (const { id: organisationId } of rows) {
    const { records, fault } = await readWhole(within, organisationId);
    read.push({ organisationId, records, fault: fault?.message ?? null });
  }
  return read;
}

/** @throws BackupError `in-use` */
async function assertAlone(client: Client): Promise<void> {
  const { rowCount } = await client.query(
    `select from pg_stat_activity
     where application_name = 'thimble' and datname = current_database() and pid <> pg_backend_pid()`,
  );
  if (rowCount !== 0)
    throw new BackupError('in-use', 'a server works with this database: stop every one of them before a restore');
}

/** @throws BackupError `not-empty` */
async function makeRoom(client: Client, replace: boolean): Promise<void> {
  const { rowCount } = await client.query(`select from pg_class where relnamespace = 'public'::regnamespace limit 1`);
  if (rowCount === 0) return;
  if (!replace)
    throw new BackupError(
      'not-empty',
      'the database is not empty: name another data directory or database, or say that it may be replaced (--replace)',
    );
  await client.query('drop schema public cascade');
  await client.query('create schema public');
  // As in a database that was just made; the role of tenants gets to its tables by it.
  await client.query('grant usage on schema public to public');
}

function told(checked: CheckedBackup, evidence: readonly RestoredEvidence[], at: Date): OlderDatabase {
  const { madeAt } = checked.about;
  return {
    at,
    actor: 'thimble restore',
    summary: `The database was restored from a backup that was made at ${madeAt}. What happened between then and now is not in this evidence.`,
    detail: {
      madeAt,
      rows: rowsOf(checked),
      keys: checked.keys.map(({ name }) => name),
      evidenceHeld: evidence.every(({ fault }) => fault === null),
    },
  };
}

function rowsOf({ facts }: CheckedBackup): number {
  return [...facts.values()].reduce((sum, { rows }) => sum + (rows ?? 0), 0);
}
