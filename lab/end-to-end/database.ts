import { Client, type QueryResultRow } from 'pg';

export type DatabaseTarget = { readonly host: string; readonly user: string; readonly database: string };

/** One statement in the server's own database, as somebody who stole it could run it. */
export async function query<Row extends QueryResultRow>(
  target: DatabaseTarget,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ ...target });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
