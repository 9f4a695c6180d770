import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { migrate, readMigrations } from './migrate.ts';
import { assertIsolated } from './row-security.ts';
import { NOBODY, asSystem } from './tenancy.ts';
import { startTestPostgres } from './testing-broker.ts';

/** Its own: roles belong to a whole PostgreSQL, and on the shared one other tests have made them. */
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
beforeAll(async () => {
  postgres = await startTestPostgres();
}, 60_000);
afterAll(() => postgres.end());

/** A user with a database of its own, as an administrator gives it to Thimble. */
async function ownDatabase(name: string, rights: string): Promise<{ host: string; user: string; database: string }> {
  const { socketDirectory: host, user } = postgres.server;
  const client = new Client({ host, user, database: 'postgres' });
  await client.connect();
  await client.query(`create role ${name} login ${rights}`);
  await client.query(`create database ${name} owner ${name}`);
  await client.end();
  return { host, user: name, database: name };
}

test('a PostgreSQL on which nobody has made the role of tenants says how to make it, and works once it is there', async () => {
  const barred = await ownDatabase('barred', 'nocreaterole');
  const migrations = await readMigrations();
  await expect(migrate(barred, migrations)).rejects.toMatchObject({
    code: 'role-missing',
    message: expect.stringContaining('create role thimble_tenant nologin'),
  });

  const database = await openDatabase(await ownDatabase('maker', 'createrole'), 2, () => undefined, NOBODY);
  try {
    expect(await migrate(database.connection, migrations)).toHaveLength(migrations.length);
    await assertIsolated(database.pool);
    const { rows } = await asSystem(() => database.pool.query('select count(*) as lists from order_key_list'));
    expect(rows).toEqual([{ lists: 0 }]);
  } finally {
    await database.close();
  }
});
