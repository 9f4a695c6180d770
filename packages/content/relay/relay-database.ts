import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RelayError } from './relay-error.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  -- Last welcome, last sequence that the server has taken.
  CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  -- What the server said of an address to this organisation. Only of addresses that keep their bytes for ever.
  CREATE TABLE address (
    organisation TEXT NOT NULL, target TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    content_type TEXT NOT NULL, last_modified INTEGER, PRIMARY KEY (organisation, target)
  ) WITHOUT ROWID;
  CREATE TABLE object (sha256 TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, used_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX object_use ON object (used_at);
  -- sequence 0: still counted. Others: being reported, unchanged until the server has taken them.
  CREATE TABLE usage (
    sequence INTEGER NOT NULL, hour INTEGER NOT NULL, organisation TEXT NOT NULL, site TEXT NOT NULL, revision TEXT NOT NULL,
    requests INTEGER NOT NULL, hits INTEGER NOT NULL, served_bytes INTEGER NOT NULL, fetched_bytes INTEGER NOT NULL,
    PRIMARY KEY (sequence, hour, organisation, site, revision)
  ) WITHOUT ROWID;
`;

/**
 * What a relay knows across restarts. A commit survives the end of the process at once, and a loss of power after the next
 * checkpoint.
 *
 * @throws RelayError `bad-database`
 */
export function openRelayDatabase(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const database = new DatabaseSync(path, { timeout: 5000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY');
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    else if (version !== SCHEMA_VERSION) {
      database.close();
      throw new Error(`its version is ${version}, not ${SCHEMA_VERSION}`);
    }
    return database;
  } catch (cause) {
    throw new RelayError(
      'bad-database',
      `${path} can’t be used: ${cause instanceof Error ? cause.message : String(cause)}. Stop the relay, delete the file and start again: what is cached stays, and is found again.`,
      { cause },
    );
  }
}

/** All or nothing. */
export function inTransaction<T>(database: DatabaseSync, act: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = act();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

export function readState(database: DatabaseSync, key: string): string | null {
  const value = database.prepare('SELECT value FROM state WHERE key = ?').get(key)?.['value'];
  return typeof value === 'string' ? value : null;
}

export function writeState(database: DatabaseSync, key: string, value: string): void {
  database
    .prepare('INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
    .run(key, value);
}
