import type { TSchema, Static } from 'typebox';
import { Value } from 'typebox/value';
import type { Migration } from '../storage/index.ts';
import { BackupError } from './backup-error.ts';
import type { Entry } from './container/entries.ts';
import { readContainer } from './container/file.ts';
import {
  ABOUT,
  About,
  DOCUMENT_LIMIT_BYTES,
  type EntryFacts,
  KEY_FILE,
  KEY_FILE_LIMIT_BYTES,
  MANIFEST,
  Manifest,
  TABLE_PREFIX,
} from './contents.ts';
import type { KeyFile } from './key-files.ts';
import { measured } from './measure.ts';

/** A backup that was read to its end and holds. */
export interface CheckedBackup {
  readonly about: About;
  readonly keys: readonly KeyFile[];
  readonly facts: ReadonlyMap<string, EntryFacts>;
}

/**
 * Reads a backup to its end and touches nothing: digests, counts, and whether this version can take it.
 *
 * @throws BackupError
 */
export async function checkBackup(
  path: string,
  passphrase: string | undefined,
  known: readonly Migration[],
): Promise<CheckedBackup> {
  const found = new Map<string, EntryFacts>();
  const keys: KeyFile[] = [];
  let about: About | undefined;
  let manifest: Manifest | undefined;
  for await (const given of readContainer(path, passphrase)) {
    const { entry, facts } = measured(given);
    if (found.has(entry.name) || manifest !== undefined)
      throw damaged(`it has ${entry.name} at a place where it can’t be`);
    if (about === undefined) {
      if (entry.name !== ABOUT) throw damaged('its beginning is missing');
      about = await readDocument(entry, About);
      assertKnown(about, known);
    } else if (entry.name === MANIFEST) manifest = await readDocument(entry, Manifest);
    else if (KEY_FILE.test(entry.name))
      keys.push({ name: entry.name, bytes: await readWhole(entry, KEY_FILE_LIMIT_BYTES) });
    else for await (const _ of entry.content);
    if (entry.name !== MANIFEST) found.set(entry.name, facts());
  }
  if (about === undefined || manifest === undefined) throw damaged('its end is missing');
  assertSame(found, manifest);
  for (const { name } of about.tables) if (!found.has(TABLE_PREFIX + name)) throw damaged(`it lacks the table ${name}`);
  if (found.size !== 1 + keys.length + about.tables.length) throw damaged('it has parts that nobody knows');
  return { about, keys, facts: found };
}

/** @throws BackupError `newer` when it has tables by migrations that this version does not have in the same words. */
function assertKnown({ migrations }: About, known: readonly Migration[]): void {
  const ours = new Map(known.map(({ number, sha256 }) => [number, sha256]));
  const foreign = migrations.find(({ number, sha256 }) => ours.get(number) !== sha256);
  if (foreign !== undefined)
    throw new BackupError(
      'newer',
      `this backup has migration ${foreign.name}, which this version of Thimble does not have so: restore it with the version that made it, or a newer one.`,
    );
}

function assertSame(found: ReadonlyMap<string, EntryFacts>, { entries }: Manifest): void {
  if (entries.length !== found.size) throw damaged('it has another number of parts than its end says');
  for (const expected of entries) {
    const is = found.get(expected.name);
    if (is?.sha256 !== expected.sha256 || is.sizeBytes !== expected.sizeBytes || is.rows !== expected.rows)
      throw damaged(`${expected.name} is not what its end says`);
  }
}

async function readDocument<Schema extends TSchema>(entry: Entry, schema: Schema): Promise<Static<Schema>> {
  const text = (await readWhole(entry, DOCUMENT_LIMIT_BYTES)).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (Value.Check(schema, value)) return value;
  } catch {
    // Said below.
  }
  throw damaged(`its ${entry.name} can’t be read`);
}

async function readWhole({ name, content }: Entry, limitBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of content) {
    sizeBytes += part.length;
    if (sizeBytes > limitBytes) throw damaged(`${name} is larger than it can be`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function damaged(what: string): BackupError {
  return new BackupError('damaged', `the backup was changed: ${what}`);
}
