import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Migration, migrate, readMigrations } from './migrate.ts';
import { type TestDatabase, createTestDatabase } from './testing.ts';

function migration(number: number, sql: string): Migration {
  return { number, name: `${number}-x.sql`, sql, sha256: createHash('sha256').update(sql).digest('hex') };
}

/** Higher than any real one, so that the template's migrations stay history. */
const FIRST = migration(9001, 'create table first_table (a integer)');
const SECOND = migration(9002, 'create table second_table (a integer)');

describe('migrate', () => {
  let database: TestDatabase;
  let real: readonly Migration[];
  beforeAll(async () => {
    database = await createTestDatabase();
    real = await readMigrations();
  });
  afterAll(() => database.drop());

  test('applies what is missing, in order, once', async () => {
    expect(await migrate(database.connection, [...real, FIRST])).toEqual([FIRST.name]);
    expect(await migrate(database.connection, [...real, FIRST])).toEqual([]);
    expect(await migrate(database.connection, [...real, FIRST, SECOND])).toEqual([SECOND.name]);
  });

  test('refuses an applied migration whose content changed', async () => {
    const changed = migration(9002, 'create table second_table (a bigint)');
    await expect(migrate(database.connection, [...real, FIRST, changed])).rejects.toMatchObject({
      code: 'migration-changed',
    });
  });

  test('refuses a database that is newer than the code', async () => {
    await expect(migrate(database.connection, [...real, FIRST])).rejects.toMatchObject({ code: 'database-newer' });
  });

  test('leaves nothing of a migration that fails half-way', async () => {
    const broken = migration(9003, 'create table third_table (a integer); select 1/0');
    await expect(migrate(database.connection, [...real, FIRST, SECOND, broken])).rejects.toMatchObject({
      code: 'migration-failed',
    });
    const { rows } = await database.pool.query("select to_regclass('third_table') as it");
    expect(rows).toEqual([{ it: null }]);
  });

  test('two replicas that start together apply each migration once', async () => {
    const slow = migration(9004, 'select pg_sleep(0.2); create table fourth_table (a integer)');
    const all = [...real, FIRST, SECOND, slow];
    const done = await Promise.all([migrate(database.connection, all), migrate(database.connection, all)]);
    expect(done.flat()).toEqual([slow.name]);
  });
});

test('a bigint beyond 2^53 is refused, not rounded', async () => {
  const database = await createTestDatabase();
  try {
    expect((await database.pool.query('select count(*) as n from organisation')).rows).toEqual([{ n: 1 }]);
    await expect(database.pool.query('select 9007199254740993::bigint')).rejects.toThrow(/too large/);
  } finally {
    await database.drop();
  }
});

test('a test database has all migrations and is gone after its test', async () => {
  const database = await createTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>('select current_database() as name');
  const applied = await database.pool.query('select count(*) as n from schema_migration');
  expect(applied.rows).toEqual([{ n: (await readMigrations()).length }]);
  const other = await createTestDatabase();
  await database.drop();
  const client = new Client({ ...other.connection, database: rows[0]?.name });
  await expect(client.connect()).rejects.toThrow(/does not exist/);
  await other.drop();
});
