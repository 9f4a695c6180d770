import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { BackupError } from '../backup-error.ts';
import type { Entry } from '../container/entries.ts';
import { type About, type EntryFacts, TABLE_PREFIX } from '../contents.ts';
import { measured } from '../measure.ts';
import { copyTarget, readCatalogue, type TableShape } from './catalogue.ts';

/**
 * Fills the tables of a schema that is the one of the backup, in the caller's transaction. Meanwhile nothing refers to anything, so
 * that tables may come in any order; afterwards every reference is checked.
 *
 * @throws BackupError `damaged` when the file is not any more what it was when it was checked.
 */
export async function loadTables(
  client: Client,
  { tables, sequences }: About,
  facts: ReadonlyMap<string, EntryFacts>,
  entries: AsyncIterable<Entry>,
): Promise<void> {
  assertShapes(tables, (await readCatalogue(client)).tables);
  const names = tables.map(({ name }) => client.escapeIdentifier(name));
  const restoreReferences = await dropReferences(client);
  for (const name of names) await client.query(`alter table ${name} disable trigger user`);
  // What migrations put in is in the backup too.
  await client.query(`truncate ${names.join(', ')}`);
  const shapes = new Map(tables.map((table) => [TABLE_PREFIX + table.name, table]));
  for await (const entry of entries) {
    const shape = shapes.get(entry.name);
    if (shape === undefined) for await (const _ of entry.content);
    else await loadTable(client, shape, entry, facts);
  }
  await restoreReferences();
  for (const name of names) await client.query(`alter table ${name} enable trigger user`);
  for (const [name, last] of Object.entries(sequences))
    await client.query('select setval($1::regclass, $2)', [client.escapeIdentifier(name), last]);
}

async function loadTable(
  client: Client,
  shape: TableShape,
  given: Entry,
  expected: ReadonlyMap<string, EntryFacts>,
): Promise<void> {
  const { entry, facts } = measured(given);
  await pipeline(Readable.from(entry.content), client.query(copyFrom(`copy ${copyTarget(client, shape)} from stdin`)));
  if (facts().sha256 !== expected.get(given.name)?.sha256)
    throw new BackupError('damaged', `${given.name} is not any more what it was when the backup was checked`);
}

/** The names come from the backup, but go into statements only when they are the ones of the schema. */
function assertShapes(given: readonly TableShape[], expected: readonly TableShape[]): void {
  const lines = (tables: readonly TableShape[]): string =>
    tables
      .map(({ name, columns }) => `${name}(${[...columns].sort().join()})`)
      .sort()
      .join('\n');
  if (lines(given) !== lines(expected))
    throw new BackupError('damaged', 'the backup’s tables are not those that its migrations make');
}

/** @returns adds them again, each of which reads both tables and fails when a row refers to nothing. */
async function dropReferences(client: Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`);
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint ${name}`);
  return async () => {
    for (const { table, name, definition } of rows)
      await client.query(`alter table ${table} add constraint ${name} ${definition}`);
  };
}
