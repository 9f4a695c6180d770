import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_ORGANISATION_ID as OURS } from '../../access/index.ts';
import { asNobody, asOrganisation } from '../../storage/index.ts';
import { type TestDatabase, createTestDatabase } from '../../testing.ts';
import { fillTables } from './fill-tables.ts';

/** With no condition of the application at all: what PostgreSQL shows is its policies' alone. */
let database: TestDatabase;
let tables: readonly string[];
const theirs = randomUUID();
beforeAll(async () => {
  database = await createTestDatabase();
  tables = await fillTables(database, theirs);
});
afterAll(() => database.drop());

const countIn = async (table: string): Promise<number> =>
  (
    await database.pool.query<{ count: number }>(
      `select count(*) as count from ${table} t where t::text like '%' || $1 || '%'`,
      [theirs],
    )
  ).rows[0]?.count ?? 0;
const outcomeOf = async (statement: string): Promise<number | 'refused'> => {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    return (await client.query(statement)).rowCount ?? 0;
  } catch (error) {
    if (/row-level security/.test((error as Error).message)) return 'refused';
    throw error;
  } finally {
    await client.query('rollback');
    client.release();
  }
};

test('there are tables to look at', () => {
  expect(tables.length).toBeGreaterThan(60);
});

describe('without any condition of the application', () => {
  test('an organisation reads its own rows of every table', async () => {
    const unseen: string[] = [];
    for (const table of tables) if ((await asOrganisation(theirs, () => countIn(table))) === 0) unseen.push(table);
    expect(unseen).toEqual([]);
  });
  test('no table shows a row to another organisation, or to nobody', async () => {
    const shown: string[] = [];
    for (const table of tables)
      if ((await asOrganisation(OURS, () => countIn(table))) + (await asNobody(() => countIn(table))) > 0)
        shown.push(table);
    expect(shown).toEqual([]);
  });
  test('no row of any table is changed or removed by another organisation', async () => {
    const touched: string[] = [];
    for (const table of tables)
      for (const statement of [`delete from ${table} where to_jsonb(${table})::text like '%${theirs}%'`])
        if ((await asOrganisation(OURS, () => outcomeOf(statement))) !== 0) touched.push(table);
    expect(touched).toEqual([]);
  });
  test('no row is written into another organisation', async () => {
    const written: string[] = [];
    for (const table of tables) {
      const copy = `insert into ${table} select (jsonb_populate_record(null::${table}, '${JSON.stringify({ organisation_id: theirs, id: theirs })}')).*`;
      const outcome = await asOrganisation(OURS, () => outcomeOf(copy).catch((error: Error) => error.message));
      if (typeof outcome === 'number') written.push(table);
    }
    expect(written).toEqual([]);
  });
});
