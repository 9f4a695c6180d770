import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { POLICIES_TOPIC } from '../../policies/index.ts';
import { ROLLOUT_TOPIC } from '../publish.ts';
import { RolloutMemory } from './memory.ts';
import { moveOn } from './move-on.ts';

/** How often the database is asked which rollouts are due. */
const SWEEP_MS = 1_000;
/** After work that took so long, as many times that is waited: news of a large rollout come in by the hundred. */
const REST_FACTOR = 3;
const REST_MS = { least: 50, most: 5_000 } as const;
/** Of more runs than this nobody hears at the same time. */
const RUNS_KNOWN = 10_000;

/**
 * Moves all rollouts on, for ever: on news of their runs, on decisions, and when the time has come that a plan named. It may run on every
 * replica; a failure is logged and the next pass tries again.
 *
 * @returns ends it
 */
export function startRolloutReconciler(context: ServerContext): () => Promise<void> {
  const memories = new Map<string, RolloutMemory>();
  const rolloutOf = runsOfRollouts(context);
  const queues = new Map<string, Promise<void>>();
  const again = new Set<string>();

  const work = (id: string): void => {
    if (context.stopping.aborted) return;
    if (queues.has(id)) {
      again.add(id);
      return;
    }
    queues.set(
      id,
      pass(id).finally(() => {
        queues.delete(id);
        if (again.delete(id)) work(id);
      }),
    );
  };
  const pass = async (id: string): Promise<void> => {
    const startMs = performance.now();
    let restMs: number = REST_MS.most;
    try {
      const memory = memories.get(id) ?? new RolloutMemory();
      memories.set(id, memory);
      await moveOn(context, memory, id);
      if (!memory.repeats)
        restMs = Math.min(restMs, Math.max(REST_MS.least, REST_FACTOR * (performance.now() - startMs)));
    } catch (error) {
      memories.delete(id);
      if (!context.stopping.aborted)
        context.log.error({ err: error, rolloutId: id }, 'a rollout was not moved on; the next pass tries again');
    }
    await rest(restMs, context.stopping);
  };
  const sweep = async (): Promise<void> => {
    const { rows } = await sql<{ id: string; due: boolean }>`
      select id, look_at <= ${context.clock()}::timestamptz as due from rollout
      where ended_at is null order by look_at limit 10000`.execute(context.database.kysely);
    const active = new Set(rows.map(({ id }) => id));
    for (const id of memories.keys()) if (!active.has(id)) memories.delete(id);
    for (const { id, due } of rows) if (due) work(id);
  };
  const unsubscribe = context.events.subscribe(({ topic, key }) => {
    if (topic === ROLLOUT_TOPIC) work(key);
    // A freeze or a blackout holds from the moment at which somebody said so. Each replica has its own in mind, together they have all.
    if (topic === POLICIES_TOPIC) for (const id of memories.keys()) work(id);
    if (topic !== 'run') return;
    rolloutOf(key).then(
      (id) => {
        if (id !== null) work(id);
      },
      (error: unknown) => {
        if (!context.stopping.aborted) context.log.error({ err: error, runId: key }, 'news of a run were not followed');
      },
    );
  });
  let sweeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (context.stopping.aborted) return;
    sweeping ??= sweep()
      .catch((error: unknown) => {
        if (!context.stopping.aborted) context.log.error({ err: error }, 'rollouts that are due were not found');
      })
      .finally(() => {
        sweeping = undefined;
      });
  }, SWEEP_MS);
  return async () => {
    clearInterval(timer);
    unsubscribe();
    await sweeping;
    await Promise.all(queues.values());
  };
}

/** Which rollout a run belongs to, which never changes; null: it is a person's. */
function runsOfRollouts({ database }: ServerContext): (runId: string) => Promise<string | null> {
  const known = new Map<string, string | null>();
  return async (runId) => {
    const before = known.get(runId);
    if (before !== undefined) return before;
    const { rows } = await sql<{ rollout_id: string | null }>`select rollout_id from run where id = ${runId}`.execute(
      database.kysely,
    );
    const id = rows[0]?.rollout_id ?? null;
    if (known.size >= RUNS_KNOWN) known.clear();
    known.set(runId, id);
    return id;
  };
}

async function rest(ms: number, stopping: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
    if (stopping.aborted) done();
    else stopping.addEventListener('abort', done);
  });
}
