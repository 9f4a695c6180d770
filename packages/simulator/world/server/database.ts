import { Crash } from '../steps.ts';
import type { Tell, WorldEvent } from '../world-event.ts';
import type { RolloutRow, Rows, Tables } from './rows.ts';

/** Rows that change in transactions, and what can become of a commit. */
export interface Database {
  readonly rows: Rows;
  readonly rollout: RolloutRow;
  /**
   * All of the work, or nothing of it. Nothing else happens meanwhile.
   * @throws Crash the server ended, before the commit or after it; CommitUnknown
   */
  transact<Result>(work: (transaction: Transaction) => Result): Result;
}

export interface Transaction {
  put<Table extends keyof Tables>(table: Table, key: string, row: Tables[Table]): void;
  /** Is told when and only when the transaction happened. */
  tell(event: WorldEvent): void;
}

/** The connection broke while the commit was under way: it happened, or it did not. */
export class CommitUnknown extends Error {
  constructor() {
    super('whether the transaction was committed is not known');
  }
}

export type CommitFate = 'committed' | 'crash-before' | 'crash-after' | 'unknown-committed' | 'unknown-lost';

export function createDatabase(rows: Rows, fate: () => CommitFate, tell: Tell): Database {
  return {
    rows,
    get rollout() {
      return rolloutOf(rows);
    },
    transact(work) {
      const undo: (() => void)[] = [];
      const events: WorldEvent[] = [];
      const result = work({
        put(table, key, row) {
          const map: Map<string, Tables[typeof table]> = rows[table];
          const before = map.get(key);
          undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
          map.set(key, row);
        },
        tell: (event) => events.push(event),
      });
      // What changes nothing is not committed, so nothing can happen to it.
      const how = undo.length === 0 ? 'committed' : fate();
      if (how === 'crash-before' || how === 'unknown-lost') for (const back of undo.reverse()) back();
      else for (const event of events) tell(event);
      if (how === 'crash-before' || how === 'crash-after') throw new Crash();
      if (how !== 'committed') throw new CommitUnknown();
      return result;
    },
  };
}

export function rolloutOf({ rollout }: Rows): RolloutRow {
  const row = rollout.get('rollout');
  if (row === undefined) throw new Error('there is no rollout');
  return row;
}
