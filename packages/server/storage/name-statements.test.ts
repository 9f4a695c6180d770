import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing.ts';

describe('a statement', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  /** Runs a statement thrice on one connection. @returns how often each prepared one of that text was used. */
  async function uses(text: string, values: readonly unknown[]): Promise<readonly number[]> {
    const client = await database.pool.connect();
    try {
      for (let round = 0; round < 3; round += 1) await client.query(text, [...values]);
      const { rows } = await client.query<{ uses: number }>(
        `select (generic_plans + custom_plans)::int as uses from pg_prepared_statements where statement = '${text}'`,
      );
      return rows.map((row) => row.uses);
    } finally {
      client.release();
    }
  }

  it('with parameters is prepared once, however often it runs', async () => {
    expect(await uses('select $1::int as prepared', [1])).toEqual([3]);
  });
  it('without parameters is not: such ones begin and end transactions, and change tables', async () => {
    expect(await uses('select 2 as plain', [])).toEqual([]);
  });
  it('gives each run the values of its own', async () => {
    const ask = async (value: number) => (await database.pool.query('select $1::int as value', [value])).rows;
    expect([await ask(1), await ask(2)]).toEqual([[{ value: 1 }], [{ value: 2 }]]);
  });
});
