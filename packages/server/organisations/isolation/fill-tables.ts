import type { Database } from '../../storage/index.ts';

/** Values that any column takes, by its type; every id is the organisation's own, so that rows hang on one another. */
const VALUES: readonly (readonly [types: RegExp, value: (id: string) => string])[] = [
  [/^uuid$/, (id) => `'${id}'`],
  [/^(text|character varying)$/, () => `'x'`],
  [/^(smallint|integer|bigint|numeric|real|double precision)$/, () => '1'],
  [/^boolean$/, () => 'true'],
  [/^timestamp with time zone$/, () => `'2026-01-01T00:00:00Z'`],
  [/^date$/, () => `'2026-01-01'`],
  [/^jsonb$/, () => `'{}'`],
  [/^bytea$/, () => `'\\x00'`],
  [/^inet$|^cidr$/, () => `'192.0.2.1'`],
  [/\[\]$/, () => `'{}'`],
  [/^("char"|character)/, () => `'x'`],
];

/**
 * One row of this organisation in every table, past all constraints: what it says does not matter, only whose it is. For a
 * database that nothing else uses any more.
 *
 * @returns the tables that policies guard
 */
export async function fillTables({ pool }: Database, organisationId: string): Promise<readonly string[]> {
  const { rows: columns } = await pool.query<{ relation: string; column: string; type: string }>(
    `select a.attrelid::regclass::text as relation, quote_ident(a.attname) as column, format_type(a.atttypid, null) as type
     from pg_attribute a join row_security_rules() r on r.relation = a.attrelid
     where a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attrelid, a.attnum`,
  );
  const { rows: checks } = await pool.query<{ relation: string; name: string }>(
    `select conrelid::regclass::text as relation, quote_ident(conname) as name from pg_constraint
     where contype = 'c' and conrelid in (select relation from row_security_rules())`,
  );
  const client = await pool.connect();
  try {
    for (const { relation, name } of checks) await client.query(`alter table ${relation} drop constraint ${name}`);
    // Neither foreign keys nor triggers.
    await client.query(`set session_replication_role = replica`);
    const tables = Map.groupBy(columns, ({ relation }) => relation);
    for (const [relation, its] of tables)
      await client.query(
        `insert into ${relation} (${its.map(({ column }) => column).join()}) overriding system value
         values (${its.map(({ type }) => valueOf(type, organisationId)).join()}) on conflict do nothing`,
      );
    return [...tables.keys()];
  } finally {
    await client.query(`set session_replication_role = origin`);
    client.release();
  }
}

function valueOf(type: string, organisationId: string): string {
  const found = VALUES.find(([types]) => types.test(type));
  if (found === undefined) throw new Error(`no value for columns of the type ${type}: add one`);
  return found[1](organisationId);
}
