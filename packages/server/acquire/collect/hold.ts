import type { Client } from 'pg';

/** Any constant: the advisory lock between those who take files of the store for granted and those who remove them ('swee' in ASCII). */
const LOCK = 0x7377_6565;

/**
 * Until the session ends nothing is removed from the content store. Whoever finds files there and writes rows that need them
 * (synchronising, importing) holds this from before it looks until after it has committed. Waits while files are being removed:
 * seconds, once a day.
 */
export async function holdContent(session: Pick<Client, 'query'>): Promise<void> {
  await session.query('select pg_advisory_lock_shared($1)', [LOCK]);
}

/** Waits until nobody holds content, and keeps others from it until `letGo`. @returns false: it took too long */
export async function pauseHolders(session: Pick<Client, 'query'>, waitMs: number): Promise<boolean> {
  await session.query(`set lock_timeout = ${waitMs}`);
  try {
    await session.query('select pg_advisory_lock($1)', [LOCK]);
    return true;
  } catch (error) {
    // lock_not_available (PostgreSQL, appendix A).
    if (error instanceof Error && 'code' in error && error.code === '55P03') return false;
    throw error;
  } finally {
    await session.query('set lock_timeout = 0');
  }
}

export async function letGo(session: Pick<Client, 'query'>): Promise<void> {
  await session.query('select pg_advisory_unlock($1)', [LOCK]);
}
