import type { Client } from 'pg';

export interface TableShape {
  readonly name: string;
  /** Those that are stored as given, in their order: a generated one is computed again. */
  readonly columns: readonly string[];
}

export interface Catalogue {
  readonly tables: readonly TableShape[];
  /** The last number that each sequence gave; one that gave none yet is not here. */
  readonly sequences: Readonly<Record<string, number>>;
}

/** All that is kept in the database, as its own catalogue names it: a table that a migration adds is in the next backup. */
export async function readCatalogue(client: Client): Promise<Catalogue> {
  const { rows: tables } = await client.query<TableShape>(`
    select c.relname as name, array(
      select a.attname::text from pg_attribute as a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      order by a.attnum) as columns
    from pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`);
  const { rows: sequences } = await client.query<{ name: string; last: number }>(`
    select sequencename as name, last_value as last from pg_sequences
    where schemaname = 'public' and last_value is not null`);
  return { tables, sequences: Object.fromEntries(sequences.map(({ name, last }) => [name, last])) };
}

/** `"table" ("column", "column")`, as COPY takes it. */
export function copyTarget(client: Client, { name, columns }: TableShape): string {
  return `${client.escapeIdentifier(name)} (${columns.map((column) => client.escapeIdentifier(column)).join(', ')})`;
}
