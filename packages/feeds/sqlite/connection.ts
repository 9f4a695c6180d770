import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AdvisoryStoreError } from '../store-error.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** Result codes of SQLite's C interface. */
const BUSY = 5;
const LOCKED = 6;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Page cache of one connection, KiB: loading a large feed touches its index pages again and again. */
const CACHE_KIB = 16_384;

const REBUILD = 'Delete the file, then run: thimble feeds sync';

/**
 * Opens the database file; for writing it is made where there is none.
 *
 * @throws AdvisoryStoreError, all of its codes
 */
export function openConnection(path: string, mode: 'read' | 'write'): DatabaseSync {
  const absent = !existsSync(path) || statSync(path).size === 0;
  if (absent && mode === 'read')
    throw new AdvisoryStoreError('no-advisories', `there are no advisories at ${path}`, 'Get some: thimble feeds sync');
  if (absent) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return guarded(path, () => {
    const connection = connect(path, mode);
    try {
      if (absent) createSchema(connection);
      checkSchema(connection, path);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  });
}

function connect(path: string, mode: 'read' | 'write'): DatabaseSync {
  if (mode === 'write') {
    const connection = new DatabaseSync(path, { timeout: 2000 });
    connection.exec(`PRAGMA synchronous = NORMAL; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY`);
    return connection;
  }
  const connection = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
  try {
    connection.prepare('PRAGMA schema_version').get();
    return connection;
  } catch (error) {
    connection.close();
    // On read-only media the files beside the database can't be made; with no writer there is none to look out for.
    if (existsSync(`${path}-wal`)) throw error;
    const url = pathToFileURL(path);
    url.searchParams.set('immutable', '1');
    return new DatabaseSync(url, { readOnly: true });
  }
}

function createSchema(connection: DatabaseSync): void {
  connection.exec('PRAGMA journal_mode = WAL');
  connection.exec('BEGIN IMMEDIATE');
  // Another process may have been quicker.
  if (pragma(connection, 'application_id') === 0)
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; ${SCHEMA}`);
  connection.exec('COMMIT');
}

function checkSchema(connection: DatabaseSync, path: string): void {
  if (pragma(connection, 'application_id') !== APPLICATION_ID)
    throw new AdvisoryStoreError(
      'advisories-damaged',
      `${path} is a database of something else`,
      'Name another file with --database.',
    );
  const version = pragma(connection, 'user_version');
  if (version > SCHEMA_VERSION)
    throw new AdvisoryStoreError(
      'advisories-too-new',
      `${path} has version ${version}, this Thimble knows ${SCHEMA_VERSION}`,
      'Use the newer Thimble that wrote it, or another file with --database.',
    );
}

function pragma(connection: DatabaseSync, name: 'application_id' | 'user_version'): number {
  const value = connection.prepare(`PRAGMA ${name}`).get()?.[name];
  return typeof value === 'number' ? value : 0;
}

/** Runs something on the database; what SQLite says of the file becomes an error that says what to do. */
export function guarded<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw storeError(path, error);
  }
}

function storeError(path: string, error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === BUSY || code === LOCKED)
    return new AdvisoryStoreError(
      'advisories-locked',
      `another process is writing to ${path}`,
      'Wait until it has ended, then try again.',
      { cause: error },
    );
  if (code === CORRUPT || code === NOT_A_DATABASE)
    return new AdvisoryStoreError('advisories-damaged', `${path} is damaged, or no database`, REBUILD, {
      cause: error,
    });
  return error;
}

/** A row whose content is not what was written there. */
export function damagedRow(cause: unknown): AdvisoryStoreError {
  return new AdvisoryStoreError('advisories-damaged', 'a record of the advisory database is damaged', REBUILD, {
    cause,
  });
}

/** The primary result code; extended ones carry it in their low byte. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
