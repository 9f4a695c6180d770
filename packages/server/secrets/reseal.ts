import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';
import { CANARY_NAME, CANARY_PURPOSE, CANARY_WORD } from './canary.ts';
import type { Secrets } from './secrets.ts';

/**
 * Seals everything anew with the first key, in the caller's transaction. What is sealed is found by its name: columns that end in
 * `_sealed`, whose purpose is `table.column`.
 *
 * @returns how many values.
 * @throws SecretsError when one of them does not open: then nothing is changed.
 */
export async function resealAll(within: Kysely<Tables>, secrets: Secrets): Promise<number> {
  let count = 0;
  for (const { table, column } of await sealedColumns(within)) {
    const purpose = `${table}.${column}`;
    const { rows } = await sql<{ place: string; sealed: Buffer }>`
      select ctid::text as place, ${sql.ref(column)} as sealed from ${sql.table(table)}
      where ${sql.ref(column)} is not null for update`.execute(within);
    for (const { place, sealed } of rows)
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${secrets.seal(purpose, secrets.open(purpose, sealed))}
        where ctid = ${place}::tid`.execute(within);
    count += rows.length;
  }
  const canary = JSON.stringify(secrets.seal(CANARY_PURPOSE, CANARY_WORD).toString('base64'));
  await sql`update server_setting set value = ${canary}::jsonb where name = ${CANARY_NAME}`.execute(within);
  return count;
}

async function sealedColumns(
  within: Kysely<Tables>,
): Promise<readonly { readonly table: string; readonly column: string }[]> {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name::text as "table", column_name::text as "column" from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' and column_name like '%\_sealed'
    order by 1, 2`.execute(within);
  return rows;
}
