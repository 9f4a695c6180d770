import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { StorageError } from './error.ts';
import { enforceRowSecurity } from './row-security.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** Of the file's bytes: an applied migration is history and may not change. */
  readonly sha256: string;
}

export const MIGRATIONS_DIRECTORY = join(import.meta.dirname, 'migrations');

/** Any constant: the advisory lock that makes replicas migrate one after another ('thim' in ASCII). */
const LOCK = 0x7468_696d;
const LOCK_DEADLINE_MS = 300_000;
const HISTORY = `create table if not exists schema_migration (
  number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`;

/** Reads `0001-what-it-does.sql` files, lowest number first. @throws StorageError `migration-failed` for a stray name. */
export async function readMigrations(directory = MIGRATIONS_DIRECTORY): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (!Number.isInteger(number) || migrations.at(-1)?.number === number)
      throw new StorageError(
        'migration-failed',
        `${name}: migrations are named 0001-what-it-does.sql, each number once`,
      );
    const sql = await readFile(join(directory, name), 'utf8');
    migrations.push({ number, name, sql, sha256: createHash('sha256').update(sql).digest('hex') });
  }
  return migrations;
}

/**
 * Brings the database to the state that the code knows. Each migration commits alone, with its record, so a kill in
 * between loses nothing and the next start goes on.
 *
 * @returns names of the migrations that were applied now.
 * @throws StorageError `migration-changed`, `database-newer`, `migration-failed`, `role-missing`
 */
export async function migrate(connection: ClientConfig, migrations: readonly Migration[]): Promise<readonly string[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query(`set lock_timeout = ${LOCK_DEADLINE_MS}`);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(HISTORY);
    const applied = await readApplied(client);
    assertHistory(applied, migrations);
    const pending = migrations.filter(({ number }) => !applied.has(number));
    for (const migration of pending) await apply(client, migration);
    await enforceRowSecurity(client);
    return pending.map(({ name }) => name);
  } finally {
    // Ending the session also ends the lock.
    await client.end();
  }
}

/** The same in the caller's transaction, so all or nothing: for a restore, which also waits for whoever migrates. */
export async function migrateWithin(client: Client, migrations: readonly Migration[]): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await client.query(HISTORY);
  const applied = await readApplied(client);
  assertHistory(applied, migrations);
  for (const migration of migrations) if (!applied.has(migration.number)) await run(client, migration);
}

type Applied = ReadonlyMap<number, { readonly name: string; readonly sha256: string }>;

async function readApplied(client: Client): Promise<Applied> {
  const { rows } = await client.query<{ number: number; name: string; sha256: string }>(
    'select number, name, sha256 from schema_migration order by number',
  );
  return new Map(rows.map(({ number, name, sha256 }) => [number, { name, sha256 }]));
}

function assertHistory(applied: Applied, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const [number, { name, sha256 }] of applied) {
    const ours = known.get(number);
    if (ours === undefined)
      throw new StorageError(
        'database-newer',
        `the database has migration ${name}, which this version of Thimble does not know. Start the newer version, or restore a backup from before its upgrade.`,
      );
    if (ours.sha256 !== sha256)
      throw new StorageError(
        'migration-changed',
        `migration ${name} was applied with other content than ${ours.name} has now; an applied migration never changes.`,
      );
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await run(client, migration);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new StorageError('migration-failed', `migration ${migration.name} failed: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function run(client: Client, { number, name, sql, sha256 }: Migration): Promise<void> {
  await client.query(sql);
  await client.query('insert into schema_migration (number, name, sha256) values ($1, $2, $3)', [number, name, sha256]);
}
