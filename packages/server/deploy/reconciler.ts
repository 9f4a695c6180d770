import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { reconcileRun } from './advance.ts';

/** Without news, silent endpoints and lost notifications are noticed after this. */
const PERIOD_MS = 5_000;

/**
 * Moves all runs on, for ever: on news and periodically. It takes no input, does the same again harmlessly, and may run
 * on every replica; a failure is logged and the next pass tries again.
 */
export function startReconciler(context: ServerContext): () => Promise<void> {
  const poked = new Set<string>();
  let working: Promise<void> | undefined;
  let again = false;
  const pass = async (): Promise<void> => {
    while (poked.size > 0 && !context.stopping.aborted) {
      const runs = [...poked];
      poked.clear();
      for (const runId of runs) await attempt(context, () => reconcileRun(context, runId, 'update'));
    }
  };
  const work = (): void => {
    if (working !== undefined) {
      again = true;
      return;
    }
    working = pass().finally(() => {
      working = undefined;
      if (again) {
        again = false;
        work();
      }
    });
  };
  const unsubscribe = context.events.subscribe(({ topic, key }) => {
    if (topic !== 'run') return;
    poked.add(key);
    work();
  });
  let sweeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (context.stopping.aborted) return;
    sweeping ??= attempt(context, () => sweep(context)).finally(() => {
      sweeping = undefined;
    });
  }, PERIOD_MS);
  return async () => {
    clearInterval(timer);
    unsubscribe();
    await working;
    await sweeping;
  };
}

/** Looks at all runs that are not over, and those that were until somebody asked for more. One that another replica works on is left to it. */
export async function sweep(context: ServerContext): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from run where state in ('planning', 'awaiting-approval', 'running')
    union select run_id from run_target where under_way order by id limit 10000`.execute(context.database.kysely);
  // What is wrong with one run must not keep the others waiting.
  for (const { id } of rows) await attempt(context, () => reconcileRun(context, id, 'skip-locked'));
  await closeExpired(context);
}

/** Orders of no run (scans) that nobody fetched in time. */
async function closeExpired(context: ServerContext): Promise<void> {
  await sql`
    update endpoint_order set closed_at = ${context.clock()}, closed_reason = 'expired'
    where run_id is null and outcome_at is null and closed_at is null and expires_at < ${context.clock()}`.execute(
    context.database.kysely,
  );
}

async function attempt(context: ServerContext, task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (!context.stopping.aborted)
      context.log.error({ err: error }, 'the reconciler failed; it goes on with the next pass');
  }
}
