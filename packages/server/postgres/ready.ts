import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { PostgresError } from './error.ts';

/** Redo after a crash reads at most max_wal_size (1 GB), which slow disks need minutes for. */
const READY_DEADLINE_MS = 600_000;
const POLL_MS = 15;

/**
 * Waits until the server answers a query.
 *
 * @throws PostgresError `start-failed` when it ends first, or still does not answer.
 */
export async function untilReady(target: ClientConfig, ended: Promise<{ readonly reason: string }>): Promise<void> {
  let end: string | undefined;
  void ended.then(({ reason }) => (end = reason));
  for (let waitedMs = 0; waitedMs < READY_DEADLINE_MS; waitedMs += POLL_MS) {
    if (end !== undefined) throw new PostgresError('start-failed', `PostgreSQL did not start: ${end}`);
    if (await answers(target)) return;
    await sleep(POLL_MS);
  }
  throw new PostgresError('start-failed', `PostgreSQL gave no answer within ${READY_DEADLINE_MS / 60_000} minutes.`);
}

async function answers(target: ClientConfig): Promise<boolean> {
  const client = new Client({ ...target, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    // Not listening yet, or still recovering: the caller asks again, and knows when the process has ended.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function ensureDatabase(target: ClientConfig, name: string): Promise<void> {
  const client = new Client({ ...target, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
