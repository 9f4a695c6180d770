import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Advisory, ClaimKey, Fact } from '@thimble/advisories';
import type { FeedWriter } from '../store.ts';
import { guarded } from './connection.ts';
import { feedRowId, saveState } from './feed-rows.ts';
import { advisoryRow, factRow } from './records.ts';

type CommitResult = Parameters<FeedWriter['commit']>[0];

/**
 * Writes one synchronisation as one transaction of SQLite: readers see the last commit until the next, a second writer is
 * refused, and a process that is killed leaves nothing behind.
 *
 * @param done called once, after commit or abandon
 * @throws AdvisoryStoreError `advisories-locked`
 */
export function beginWriting(
  connection: DatabaseSync,
  path: string,
  feed: string,
  mode: 'snapshot' | 'delta',
  done: () => void,
): FeedWriter {
  guarded(path, () => connection.exec('BEGIN IMMEDIATE'));
  let session: Session | null = createSession(connection, feed);
  const open = (): Session => {
    if (session === null) throw new TypeError(`the writing of ${feed} has ended already`);
    return session;
  };
  const rollBack = (): void => {
    session = null;
    if (connection.isTransaction) connection.exec('ROLLBACK');
    done();
  };
  const attempt = (act: () => void): void => {
    try {
      guarded(path, act);
    } catch (error) {
      rollBack();
      throw error;
    }
  };
  return {
    advisories: async (records) => attempt(() => records.forEach(open().advisory)),
    facts: async (records) => attempt(() => records.forEach(open().fact)),
    remove: async (ids) => attempt(() => ids.forEach(open().remove)),
    commit: async (result) => {
      const current = open();
      attempt(() => {
        if (mode === 'snapshot') current.endUnseen();
        saveState(connection, current.feed, result, current.finish(result));
        connection.exec('COMMIT');
      });
      session = null;
      done();
    },
    abandon: async () => {
      if (session !== null) rollBack();
    },
  };
}

interface Session {
  readonly feed: number;
  readonly advisory: (record: Advisory) => void;
  readonly fact: (record: Fact) => void;
  readonly remove: (id: string) => void;
  readonly endUnseen: () => void;
  /** @returns whether anything is new */
  readonly finish: (result: CommitResult) => boolean;
}

/** What is valid now, by the id of its row; `seen` is what this synchronisation has written or found unchanged. */
function createSession(connection: DatabaseSync, feedName: string): Session {
  const sql = prepareAll(connection);
  const feed = feedRowId(connection, feedName);
  const seenAdvisories = new Set<number>();
  const seenFacts = new Set<number>();
  const packageId = packageIds(connection);
  let sync: number | null = null;
  /** Made when something changes first: a synchronisation that brings nothing new leaves no trace in the history. */
  const thisSync = (): number => (sync ??= Number(sql.newSync.run(feed).lastInsertRowid));

  // A row that was made and ended by one synchronisation has never been valid.
  const endAdvisory = (row: number): void => {
    seenAdvisories.delete(row);
    sql.endAdvisory.run(thisSync(), row);
  };
  const endFact = (row: number): void => {
    seenFacts.delete(row);
    sql.endFact.run(thisSync(), row);
  };

  return {
    feed,
    advisory: (record) => {
      const row = advisoryRow(record);
      const present = sql.currentAdvisory.get(feed, record.id);
      if (present !== undefined) {
        const id = Number(present['id']);
        if (sameBytes(present['digest'], row.digest)) return void seenAdvisories.add(id);
        endAdvisory(id);
      }
      const inserted = sql.newAdvisory.run(feed, record.id, thisSync(), row.digest, row.head, row.rest);
      const id = Number(inserted.lastInsertRowid);
      seenAdvisories.add(id);
      row.claims.forEach(({ key, body }, ordinal) => sql.newClaim.run(id, ordinal, packageId(key), body));
    },
    fact: (record) => {
      const row = factRow(record);
      const present = sql.currentFact.get(row.subject, row.kind, feed);
      if (present !== undefined) {
        const id = Number(present['id']);
        const same = sameBytes(present['sha256'], row.sha256) && sameBytes(present['body'], row.body);
        if (same && present['record'] === row.record) return void seenFacts.add(id);
        if (row.kind === 'epss') {
          sql.replaceFact.run(thisSync(), row.body, row.record, row.sha256, id);
          return void seenFacts.add(id);
        }
        endFact(id);
      }
      const inserted = sql.newFact.run(feed, row.kind, row.subject, thisSync(), row.body, row.record, row.sha256);
      seenFacts.add(Number(inserted.lastInsertRowid));
    },
    remove: (id) => {
      const present = sql.currentAdvisory.get(feed, id);
      if (present !== undefined) endAdvisory(Number(present['id']));
    },
    endUnseen: () => {
      for (const { id } of sql.currentAdvisories.all(feed))
        if (!seenAdvisories.has(Number(id))) endAdvisory(Number(id));
      for (const { id } of sql.currentFacts.all(feed)) if (!seenFacts.has(Number(id))) endFact(Number(id));
    },
    finish: ({ syncedAt }) => {
      if (sync === null) return false;
      sql.dateSync.run((syncedAt ?? new Date(0)).getTime(), sync);
      return true;
    },
  };
}

function prepareAll(connection: DatabaseSync) {
  const prepare = (text: string): StatementSync => connection.prepare(text);
  return {
    newSync: prepare('INSERT INTO sync (feed, at) VALUES (?, 0)'),
    dateSync: prepare('UPDATE sync SET at = ? WHERE id = ?'),
    currentAdvisory: prepare('SELECT id, digest FROM advisory WHERE feed = ? AND record = ? AND until_sync IS NULL'),
    currentAdvisories: prepare('SELECT id FROM advisory WHERE feed = ? AND until_sync IS NULL'),
    newAdvisory: prepare(
      'INSERT INTO advisory (feed, record, from_sync, digest, head, rest) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    endAdvisory: prepare('UPDATE advisory SET until_sync = ? WHERE id = ?'),
    newClaim: prepare('INSERT INTO claim (advisory, ordinal, package, body) VALUES (?, ?, ?, ?)'),
    currentFact: prepare(
      'SELECT id, body, record, sha256 FROM fact WHERE subject = ? AND kind = ? AND feed = ? AND until_sync IS NULL',
    ),
    currentFacts: prepare('SELECT id FROM fact WHERE feed = ? AND until_sync IS NULL'),
    newFact: prepare(
      'INSERT INTO fact (feed, kind, subject, from_sync, body, record, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    replaceFact: prepare('UPDATE fact SET from_sync = ?, body = ?, record = ?, sha256 = ? WHERE id = ?'),
    endFact: prepare('UPDATE fact SET until_sync = ? WHERE id = ?'),
  };
}

function packageIds(connection: DatabaseSync): (key: ClaimKey) => number {
  const find = connection.prepare('SELECT id FROM package WHERE namespace = ? AND name_kind = ? AND name = ?');
  const make = connection.prepare('INSERT INTO package (namespace, name_kind, name) VALUES (?, ?, ?)');
  return ({ namespace, nameKind, name }) => {
    const found = find.get(namespace, nameKind, name)?.['id'];
    return Number(found ?? make.run(namespace, nameKind, name).lastInsertRowid);
  };
}

function sameBytes(a: unknown, b: string | Uint8Array): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a instanceof Uint8Array && Buffer.compare(a, b) === 0;
}
