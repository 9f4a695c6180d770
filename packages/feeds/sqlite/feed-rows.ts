import type { DatabaseSync } from 'node:sqlite';
import type { FeedState, FeedWriter, Validator } from '../store.ts';
import { damagedRow } from './connection.ts';

/** The id of a feed's row, which is made where there is none. */
export function feedRowId(connection: DatabaseSync, feed: string): number {
  const found = connection.prepare('SELECT id FROM feed WHERE name = ?').get(feed)?.['id'];
  return Number(found ?? connection.prepare('INSERT INTO feed (name) VALUES (?)').run(feed).lastInsertRowid);
}

export function saveState(
  connection: DatabaseSync,
  feed: number,
  result: Parameters<FeedWriter['commit']>[0],
  changed: boolean,
): void {
  const count = (table: 'advisory' | 'fact'): number =>
    Number(
      connection.prepare(`SELECT count(*) AS n FROM ${table} WHERE feed = ? AND until_sync IS NULL`).get(feed)?.['n'],
    );
  const at = result.syncedAt?.getTime() ?? null;
  connection
    .prepare(
      `UPDATE feed SET watermark = ?, synced_at = ?, changed_at = coalesce(?, changed_at), fault_count = ?, faults = ?,
         failure = NULL WHERE id = ?`,
    )
    .run(result.watermark, at, changed ? at : null, result.faultCount, JSON.stringify(result.faults), feed);
  if (changed)
    connection
      .prepare('UPDATE feed SET advisory_count = ?, fact_count = ? WHERE id = ?')
      .run(count('advisory'), count('fact'), feed);
  connection.prepare('DELETE FROM validator WHERE feed = ?').run(feed);
  const add = connection.prepare(
    'INSERT INTO validator (feed, path, etag, last_modified, sha256) VALUES (?, ?, ?, ?, ?)',
  );
  for (const [path, { etag, lastModified, sha256 }] of result.validators)
    add.run(feed, path, etag, lastModified, sha256);
}

export function saveFailure(connection: DatabaseSync, feed: string, failure: NonNullable<FeedState['failure']>): void {
  connection
    .prepare(
      'INSERT INTO feed (name, failure) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET failure = excluded.failure',
    )
    .run(feed, JSON.stringify({ ...failure, at: failure.at.getTime() }));
}

export function readStates(connection: DatabaseSync): FeedState[] {
  return connection
    .prepare('SELECT * FROM feed ORDER BY name')
    .all()
    .map((row) => stateOf(connection, row));
}

/** By feed: when it was synchronised for the first time. */
export function readFirstSyncs(connection: DatabaseSync): ReadonlyMap<string, Date> {
  const rows = connection
    .prepare('SELECT f.name, min(s.at) AS at FROM sync s JOIN feed f ON f.id = s.feed GROUP BY f.name')
    .all();
  return new Map(rows.map((row) => [String(row['name']), new Date(Number(row['at']))]));
}

export function readState(connection: DatabaseSync, feed: string): FeedState | null {
  const row = connection.prepare('SELECT * FROM feed WHERE name = ?').get(feed);
  return row === undefined ? null : stateOf(connection, row);
}

function stateOf(connection: DatabaseSync, row: Record<string, unknown>): FeedState {
  const validators = new Map<string, Validator>();
  for (const one of connection.prepare('SELECT * FROM validator WHERE feed = ?').all(Number(row['id'])))
    validators.set(String(one['path']), {
      etag: textOrNull(one['etag']),
      lastModified: textOrNull(one['last_modified']),
      sha256: String(one['sha256']),
    });
  return {
    feed: String(row['name']),
    watermark: textOrNull(row['watermark']),
    validators,
    syncedAt: dateOrNull(row['synced_at']),
    changedAt: dateOrNull(row['changed_at']),
    advisoryCount: Number(row['advisory_count']),
    factCount: Number(row['fact_count']),
    faultCount: Number(row['fault_count']),
    faults: faultsOf(row['faults']),
    failure: failureOf(row['failure']),
  };
}

function faultsOf(text: unknown): FeedState['faults'] {
  return parsed(text);
}

function failureOf(text: unknown): FeedState['failure'] {
  if (text === null) return null;
  const failure: { at: number; code: string; message: string } = parsed(text);
  return { ...failure, at: new Date(failure.at) };
}

function parsed<Shape>(text: unknown): Shape {
  try {
    return JSON.parse(String(text));
  } catch (error) {
    throw damagedRow(error);
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function dateOrNull(value: unknown): Date | null {
  return typeof value === 'number' ? new Date(value) : null;
}
