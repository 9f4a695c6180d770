import type { Writable } from 'node:stream';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Database } from '../storage/index.ts';
import { BackupError } from './backup-error.ts';
import type { Entry } from './container/entries.ts';
import { writeContainer } from './container/file.ts';
import { ABOUT, type About, type EntryFacts, MANIFEST, type Manifest, TABLE_PREFIX } from './contents.ts';
import type { KeyFile } from './key-files.ts';
import { measured } from './measure.ts';
import { withSession } from './session.ts';
import { copyTarget, readCatalogue } from './tables/catalogue.ts';

export interface BackupOptions {
  readonly database: Pick<Database, 'connection'>;
  readonly now: Date;
  /** Left out: keys are not in the backup. */
  readonly keys: readonly KeyFile[];
  /** Seals the backup; needed with keys. */
  readonly passphrase: string | undefined;
  readonly target: Writable;
}

export interface BackupReport {
  readonly tables: number;
  readonly rows: number;
  readonly keys: readonly string[];
  readonly migration: string;
}

/** Writes all that the server keeps, as it is at one moment, while it goes on working. The target is ended. */
export async function makeBackup(options: BackupOptions): Promise<BackupReport> {
  if (options.keys.length > 0 && options.passphrase === undefined) throw new Error('keys are only written sealed');
  return withSession(options.database.connection, async (client) => {
    await client.query('begin transaction isolation level repeatable read read only');
    const facts: EntryFacts[] = [];
    const about = await describe(client, options.now);
    await writeContainer(entriesOf(client, about, options.keys, facts), options.target, options.passphrase);
    return {
      tables: about.tables.length,
      rows: facts.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
      keys: options.keys.map(({ name }) => name),
      migration: about.migrations.at(-1)?.name ?? '',
    };
  });
}

/** @throws BackupError `empty` */
async function describe(client: Client, now: Date): Promise<About> {
  const { rows } = await client.query<{ used: boolean }>(`select to_regclass('schema_migration') is not null as used`);
  if (rows[0]?.used !== true)
    throw new BackupError(
      'empty',
      'no server has worked with this database yet: is it the right one (--data, --database-url)?',
    );
  const { rows: migrations } = await client.query<About['migrations'][number]>(
    'select number, name, sha256 from schema_migration order by number',
  );
  const { tables, sequences } = await readCatalogue(client);
  return {
    madeAt: now.toISOString(),
    migrations,
    tables: tables.map(({ name, columns }) => ({ name, columns: [...columns] })),
    sequences: { ...sequences },
  };
}

async function* entriesOf(
  client: Client,
  about: About,
  keys: readonly KeyFile[],
  facts: EntryFacts[],
): AsyncGenerator<Entry> {
  for await (const each of contentsOf(client, about, keys)) {
    const { entry, facts: factsOf } = measured(each);
    yield entry;
    facts.push(factsOf());
  }
  const manifest: Manifest = { entries: facts };
  yield { name: MANIFEST, content: json(manifest) };
}

async function* contentsOf(client: Client, about: About, keys: readonly KeyFile[]): AsyncGenerator<Entry> {
  yield { name: ABOUT, content: json(about) };
  for (const { name, bytes } of keys) yield { name, content: whole(bytes) };
  for (const table of about.tables)
    yield {
      name: TABLE_PREFIX + table.name,
      content: client.query(copyTo(`copy ${copyTarget(client, table)} to stdout`)),
    };
}

function json(value: unknown): AsyncIterable<Buffer> {
  return whole(Buffer.from(JSON.stringify(value)));
}

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
