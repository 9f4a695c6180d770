import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../storage/index.ts';

/**
 * Something that happened. `topic` is a stage's word ('endpoint', 'run', 'order'...), `key` the id of the thing. `data` is
 * small: a hint of what to refetch, never the thing itself (PostgreSQL limits a notification to 8000 bytes).
 */
export interface ServerEvent {
  readonly organisationId: string;
  readonly topic: string;
  readonly key: string;
  readonly data?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface EventBus {
  /**
   * Tells every replica. Given a transaction, the event is sent when it commits and never when it rolls back, so
   * whoever hears it can read the change. Not for check-ins: NOTIFY serialises commits.
   */
  publish(event: ServerEvent, within?: Transaction<Tables> | Kysely<Tables>): Promise<void>;
  /** Calls `listener` for each event until the returned function is called. A 'resync' topic means: some may be lost. */
  subscribe(listener: (event: ServerEvent) => void): () => void;
  /**
   * The next event of this topic and key, or undefined after `timeoutMs` or when `signal` fires. Start to wait first, then
   * look in the database, then await: so nothing falls between.
   */
  waitFor(topic: string, key: string, timeoutMs: number, signal: AbortSignal): Promise<ServerEvent | undefined>;
}
