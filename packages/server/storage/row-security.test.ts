import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_ORGANISATION_ID as OURS } from '../access/tables.ts';
import { openDatabase } from './database.ts';
import { migrate, readMigrations } from './migrate.ts';
import { assertIsolated } from './row-security.ts';
import { NOBODY, asNobody, asOrganisation, asSystem } from './tenancy.ts';
import { type TestDatabase, createTestDatabase } from './testing.ts';

/** What all organisations share: advisories, what software exists, bytes of patches, turns of the server's own loops. */
const SHARED = [
  'advisory',
  'advisory_version',
  'assessment_due',
  'claim',
  'content_collection',
  'content_object',
  'content_usage_writer',
  'fact',
  'feed_schedule',
  'feed_state',
  'order_key_list',
  'priority_due',
  'schema_migration',
  'sign_in_attempt',
  'software',
  'software_gap',
  'software_key',
  'verdict',
  'vulnerability',
];

let database: TestDatabase;
const other = randomUUID();
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('insert into organisation (id, name) values ($1, $2)', [other, 'Other']);
  await database.pool.query(`insert into person (id, organisation_id, name) values ($1, $1, 'Eve')`, [other]);
});
afterAll(() => database.drop());

const names = async (): Promise<readonly string[]> =>
  (await database.pool.query<{ name: string }>('select name from organisation order by name')).rows.map(
    (row) => row.name,
  );

describe('work sees', () => {
  test('its own organisation’s rows, whatever it asks for', async () => {
    expect(await asOrganisation(other, names)).toEqual(['Other']);
    expect(await asOrganisation(OURS, names)).toEqual(['Default']);
    expect(await asOrganisation(OURS, () => sql`select 1 from person`.execute(database.kysely))).toMatchObject({
      rows: [{}],
    });
  });
  test('nothing while nobody has been recognised', async () => {
    expect(await asNobody(names)).toEqual([]);
  });
  test('everything when it is the server’s own', async () => {
    expect(await asSystem(names)).toEqual(['Default', 'Other']);
  });
  test('what it is about when many share few connections', async () => {
    const round = async (index: number): Promise<void> => {
      const [organisation, name] = index % 2 === 0 ? [OURS, 'Default'] : [other, 'Other'];
      await asOrganisation(organisation, async () => {
        expect(await names()).toEqual([name]);
        await database.kysely.transaction().execute(async (within) => {
          expect(await asSystem(() => within.selectFrom('organisation').select('name').execute())).toEqual([{ name }]);
        });
      });
    };
    await Promise.all(Array.from({ length: 100 }, (_, index) => round(index)));
  });
});

describe('work of one organisation can’t', () => {
  const attempt = (statement: string) => asOrganisation(OURS, () => database.pool.query(statement));
  test('write rows of another', async () => {
    await expect(
      attempt(`insert into person (id, organisation_id, name) values (gen_random_uuid(), '${other}', 'Mallory')`),
    ).rejects.toThrow(/row-level security/);
    await expect(attempt(`update person set organisation_id = '${other}'`)).rejects.toThrow(/row-level security/);
  });
  test('change or remove what it does not see', async () => {
    expect((await attempt(`update person set name = 'Mallory' where id = '${other}'`)).rowCount).toBe(0);
    expect((await attempt(`delete from person where id = '${other}'`)).rowCount).toBe(0);
  });
  test('switch the policies off', async () => {
    await expect(attempt('alter table person disable row level security')).rejects.toThrow(/owner/);
    await expect(attempt('set row_security = off; select * from person')).rejects.toThrow(/row-level security/);
    await attempt('set row_security = on');
  });
});

describe('every table', () => {
  test('is kept apart, or is shared on purpose', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and not (c.relrowsecurity and c.relforcerowsecurity and exists (
           select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant'))
       order by c.relname`,
    );
    expect(rows.map(({ name }) => name).filter((name) => !SHARED.includes(name))).toEqual([]);
  });
  test('with a column organisation_id is kept apart', async () => {
    const { rows } = await database.pool.query(
      `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped
         and c.oid not in (select relation from row_security_rules())`,
    );
    expect(rows).toEqual([]);
  });
  test('that is added is covered when the migrations have run', async () => {
    await database.pool.query('create table later (id integer, organisation_id uuid not null)');
    await database.pool.query(`insert into later values (1, '${other}')`);
    await migrate(database.connection, await readMigrations());
    const { rows } = await asOrganisation(OURS, () => database.pool.query('select * from later'));
    expect(rows).toEqual([]);
    await database.pool.query('drop table later');
  });
});

describe('the server does not start', () => {
  const damages = [
    ['a policy is gone', 'drop policy tenant on endpoint; alter table endpoint disable row level security'],
    ['a policy lets everybody in', 'create policy open on organisation using (true)'],
  ] as const;
  test.for(damages)('when %s', async ([, damage]) => {
    const damaged = await createTestDatabase();
    try {
      await assertIsolated(damaged.pool);
      await damaged.pool.query(damage);
      await expect(assertIsolated(damaged.pool)).rejects.toMatchObject({ code: 'not-isolated' });
    } finally {
      await damaged.drop();
    }
  });
});

test('a database’s owner that is no superuser keeps organisations apart, too', async () => {
  const role = `owner_${randomUUID().replaceAll('-', '')}`;
  await database.pool.query(`create role ${role} login`);
  await database.pool.query(`grant thimble_tenant to ${role}`);
  await database.pool.query(`create database ${role} owner ${role}`);
  const target = { ...database.connection, user: role, database: role };
  await migrate(target, await readMigrations());
  const owned = await openDatabase(target, 2, () => undefined, NOBODY);
  try {
    await assertIsolated(owned.pool);
    expect((await asSystem(() => owned.pool.query('select name from organisation'))).rows).toEqual([
      { name: 'Default' },
    ]);
    const bare = new Client({ ...target, options: '' });
    await bare.connect();
    expect((await bare.query('select name from organisation')).rows).toEqual([]);
    await bare.end();
  } finally {
    await owned.close();
    await database.pool.query(`drop database ${role} with (force)`);
    await database.pool.query(`drop role ${role}`);
  }
});
