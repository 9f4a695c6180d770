import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { type AttemptPolicy, FORGET_AFTER_MS, delayAfterMs } from './delay-after.ts';

/** What failures are counted by, such as `login:ada`. */
export interface AttemptKey {
  readonly key: string;
  readonly policy: AttemptPolicy;
}

/**
 * Counts a try as failed before it is made, in the database: replicas count together, a restart forgets nothing, and of
 * many that come at once no more get through than of those that come one after another. Whoever succeeds takes it back.
 *
 * @throws HttpProblem 429 `too-many-attempts`, with `retry-after`
 */
export async function countAttempt({ database, clock }: AccessContext, attempts: readonly AttemptKey[]): Promise<void> {
  const now = clock();
  const waitMs = await database.kysely.transaction().execute(async (within) => {
    await sql`delete from sign_in_attempt where last_failed_at < ${new Date(now.getTime() - FORGET_AFTER_MS)}`.execute(
      within,
    );
    // In one order, so that two requests with the same keys do not wait for each other.
    for (const { key, policy } of attempts.toSorted((one, other) => (one.key < other.key ? -1 : 1))) {
      const { rows } = await sql<{ failures: number; blocked_until: Date | null }>`
        insert into sign_in_attempt (key, failures, last_failed_at) values (${key}, 0, ${now})
        on conflict (key) do update set key = excluded.key returning failures, blocked_until`.execute(within);
      const [row] = rows;
      if (row === undefined) throw new Error('the counted attempt was not returned');
      const leftMs = (row.blocked_until?.getTime() ?? 0) - now.getTime();
      if (leftMs > 0) return leftMs;
      const failures = row.failures + 1;
      await sql`
        update sign_in_attempt set failures = ${failures}, last_failed_at = ${now},
          blocked_until = ${new Date(now.getTime() + delayAfterMs(failures, policy))}
        where key = ${key}`.execute(within);
    }
    return 0;
  });
  if (waitMs > 0) throw tooManyAttempts(waitMs);
}

/** The try was right: it is no failure of the address, and the login's own count begins anew. */
export async function forgiveAttempt(
  { database }: AccessContext,
  { forget, takeBack }: { readonly forget: readonly string[]; readonly takeBack: readonly string[] },
): Promise<void> {
  await sql`delete from sign_in_attempt where key = any(${forget})`.execute(database.kysely);
  await sql`
    update sign_in_attempt set failures = greatest(0, failures - 1), blocked_until = null
    where key = any(${takeBack})`.execute(database.kysely);
}

function tooManyAttempts(waitMs: number): HttpProblem {
  const seconds = Math.ceil(waitMs / 1000);
  return new HttpProblem(429, 'too-many-attempts', {
    detail: 'Too many tries to sign in.',
    hint: `Try again in ${seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}. A browser that you signed in with before, a passkey and single sign-on are not held up.`,
    headers: { 'retry-after': String(seconds) },
  });
}
