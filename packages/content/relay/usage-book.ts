import type { DatabaseSync } from 'node:sqlite';
import type { RelayHello } from '@thimble/protocol';
import { inTransaction, readState, writeState } from './relay-database.ts';

type Report = Pick<RelayHello, 'sequence' | 'usage'>;

export interface UsageEntry {
  readonly organisationId: string;
  readonly site: string | null;
  readonly revisionId: string | null;
  readonly requests: number;
  readonly hits: number;
  readonly servedBytes: number;
  readonly fetchedBytes: number;
}

/** Rows of one report (RelayHello.usage). */
const ROWS_LIMIT = 2000;
const HOUR_MS = 3_600_000;
const ACKNOWLEDGED = 'acknowledged-sequence';

/** Counts what was served, and reports it to the server exactly once, whoever is killed when. */
export interface UsageBook {
  count(entry: UsageEntry): void;
  /** Writes down what was counted. */
  flush(): void;
  /**
   * What to say now: a report that the server has not acknowledged again, word for word, or a new one. It is on the disk before it is
   * returned. Before the server's first acknowledgement only sequence 0, without usage: a relay that has lost its database hears
   * first how far it was.
   */
  report(): Report;
  acknowledge(sequence: number): void;
}

export function createUsageBook(database: DatabaseSync, now: () => Date): UsageBook {
  const add = database.prepare(
    `INSERT INTO usage VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       requests = requests + excluded.requests, hits = hits + excluded.hits,
       served_bytes = served_bytes + excluded.served_bytes, fetched_bytes = fetched_bytes + excluded.fetched_bytes`,
  );
  const counted = new Map<string, UsageEntry & { readonly hourMs: number }>();
  const acknowledged = (): number | null => {
    const text = readState(database, ACKNOWLEDGED);
    return text === null ? null : Number(text);
  };
  const flush = (): void => {
    if (counted.size === 0) return;
    inTransaction(database, () => {
      for (const one of counted.values())
        add.run(
          one.hourMs,
          one.organisationId,
          one.site ?? '',
          one.revisionId ?? '',
          one.requests,
          one.hits,
          one.servedBytes,
          one.fetchedBytes,
        );
    });
    counted.clear();
  };
  return {
    count: (entry) => {
      const hourMs = Math.floor(now().getTime() / HOUR_MS) * HOUR_MS;
      const key = `${hourMs} ${entry.organisationId} ${entry.revisionId ?? ''} ${entry.site ?? ''}`;
      const known = counted.get(key);
      counted.set(key, {
        ...entry,
        hourMs,
        requests: entry.requests + (known?.requests ?? 0),
        hits: entry.hits + (known?.hits ?? 0),
        servedBytes: entry.servedBytes + (known?.servedBytes ?? 0),
        fetchedBytes: entry.fetchedBytes + (known?.fetchedBytes ?? 0),
      });
    },
    flush,
    report: () => {
      flush();
      const last = acknowledged();
      if (last === null) return { sequence: 0, usage: [] };
      const open = openReport(database);
      if (open !== null) return open;
      database
        .prepare(
          `UPDATE usage SET sequence = ? WHERE (sequence, hour, organisation, site, revision) IN
             (SELECT sequence, hour, organisation, site, revision FROM usage WHERE sequence = 0 LIMIT ${ROWS_LIMIT})`,
        )
        .run(last + 1);
      // A report that is sent and then forgotten in a loss of power would be counted under another number again.
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return openReport(database) ?? { sequence: last, usage: [] };
    },
    acknowledge: (sequence) => {
      const last = acknowledged();
      if (last !== null && sequence <= last) return;
      inTransaction(database, () => {
        database.prepare('DELETE FROM usage WHERE sequence > 0 AND sequence <= ?').run(sequence);
        writeState(database, ACKNOWLEDGED, String(sequence));
      });
    },
  };
}

function openReport(database: DatabaseSync): Report | null {
  const rows = database.prepare('SELECT * FROM usage WHERE sequence > 0').all();
  const sequence = rows[0]?.['sequence'];
  if (sequence === undefined) return null;
  return {
    sequence: Number(sequence),
    usage: rows.map((row) => ({
      hour: new Date(Number(row['hour'])).toISOString(),
      organisationId: String(row['organisation']),
      site: row['site'] === '' ? null : String(row['site']),
      revisionId: row['revision'] === '' ? null : String(row['revision']),
      requests: Number(row['requests']),
      hits: Number(row['hits']),
      servedBytes: Number(row['served_bytes']),
      fetchedBytes: Number(row['fetched_bytes']),
    })),
  };
}
