import type { DatabaseSync } from 'node:sqlite';
import type { ContentStore } from '../model/index.ts';
import { inTransaction } from './relay-database.ts';

/** Objects that are looked at in one go for what has been used least. */
const EVICT_AT_ONCE = 100;
/** Objects of a store that are entered in one transaction. */
const ENTER_AT_ONCE = 1000;

/** Keeps a store below a limit: what was used least recently goes first. */
export interface RelayCache {
  /** It was served. */
  used(sha256: string): void;
  /** It is in the store now. */
  added(sha256: string, sizeBytes: number): void;
  /** Makes room for a file that is about to be fetched. @returns false: it is larger than all that may be cached */
  makeRoom(sizeBytes: number): Promise<boolean>;
  /** Removes at least so many bytes, if there are any. @returns those removed */
  evict(sizeBytes: number): Promise<number>;
  /** Writes down what was used. */
  flush(): void;
  /** No removal is under way. */
  settled(): Promise<void>;
  totals(): { readonly bytes: number; readonly objects: number };
}

export function openRelayCache(
  database: DatabaseSync,
  store: Pick<ContentStore, 'list' | 'remove'>,
  limitBytes: number,
  now: () => Date,
): RelayCache {
  const use = database.prepare('UPDATE object SET used_at = ? WHERE sha256 = ?');
  const enter = database.prepare('INSERT OR IGNORE INTO object VALUES (?, ?, ?)');
  const drop = database.prepare('DELETE FROM object WHERE sha256 = ?');
  const oldest = database.prepare('SELECT sha256, size_bytes FROM object ORDER BY used_at LIMIT ?');
  const used = new Map<string, number>();
  const counted = (): { bytes: number; objects: number } => {
    const row = database.prepare('SELECT coalesce(sum(size_bytes), 0) AS bytes, count(*) AS objects FROM object').get();
    return { bytes: Number(row?.['bytes']), objects: Number(row?.['objects']) };
  };
  const total = counted();
  const flush = (): void => {
    if (used.size === 0) return;
    inTransaction(database, () => {
      for (const [sha256, atMs] of used) use.run(atMs, sha256);
    });
    used.clear();
  };
  const evict = async (sizeBytes: number): Promise<number> => {
    flush();
    let removed = 0;
    while (removed < sizeBytes) {
      const rows = oldest.all(EVICT_AT_ONCE);
      if (rows.length === 0) return removed;
      for (const row of rows) {
        if (removed >= sizeBytes) return removed;
        const sha256 = String(row['sha256']);
        // Clients that are reading it read on.
        await store.remove(sha256);
        drop.run(sha256);
        const bytes = Number(row['size_bytes']);
        total.bytes -= bytes;
        total.objects -= 1;
        removed += bytes;
      }
    }
    return removed;
  };
  // One at a time, and not before it is known what is there: two would remove more than is needed.
  let turn: Promise<unknown> = reconcile(database, store, enter, drop).then(() => {
    Object.assign(total, counted());
  });
  turn.catch(() => undefined);
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const result = turn.then(act);
    turn = result.catch(() => undefined);
    return result;
  };
  return {
    used: (sha256) => void used.set(sha256, now().getTime()),
    added: (sha256, sizeBytes) => {
      if (enter.run(sha256, sizeBytes, now().getTime()).changes === 0) return;
      total.bytes += sizeBytes;
      total.objects += 1;
      // Several that were fetched at once may have needed more room than was made.
      if (total.bytes > limitBytes) void inTurn(() => evict(total.bytes - limitBytes));
    },
    makeRoom: async (sizeBytes) => {
      if (sizeBytes > limitBytes) return false;
      return inTurn(async () => {
        const excess = total.bytes + sizeBytes - limitBytes;
        if (excess > 0) await evict(excess);
        return true;
      });
    },
    evict: (sizeBytes) => inTurn(() => evict(sizeBytes)),
    flush,
    settled: () => inTurn(async () => undefined),
    totals: () => ({ ...total }),
  };
}

type Statement = ReturnType<DatabaseSync['prepare']>;

/** A process that was killed may have stored a file without entering it, or removed one without striking it out. */
async function reconcile(
  database: DatabaseSync,
  store: Pick<ContentStore, 'list'>,
  enter: Statement,
  drop: Statement,
): Promise<void> {
  const before = new Set(
    database
      .prepare('SELECT sha256 FROM object')
      .all()
      .map((row) => String(row['sha256'])),
  );
  let found: { readonly sha256: string; readonly sizeBytes: number; readonly storedAt: Date }[] = [];
  const enterAll = (): void => {
    inTransaction(database, () => {
      for (const { sha256, sizeBytes, storedAt } of found) enter.run(sha256, sizeBytes, storedAt.getTime());
    });
    found = [];
  };
  for await (const object of store.list()) {
    if (!before.delete(object.sha256)) found.push(object);
    if (found.length >= ENTER_AT_ONCE) enterAll();
  }
  enterAll();
  inTransaction(database, () => {
    for (const sha256 of before) drop.run(sha256);
  });
}
