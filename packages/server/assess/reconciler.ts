import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { judgeDueEndpoints } from './findings/judge-due.ts';
import { computeDuePriorities } from './priorities/index.ts';
import { SoftwareIds, fillManifests } from './software/index.ts';
import { refreshSummaries } from './summaries/index.ts';
import { assessNew, noteRules, reassessDue } from './verdicts/index.ts';

/** Without news, work that another replica left is found after this. */
const PERIOD_MS = 5_000;
/** News come in bursts: this long after the first of them a pass begins. */
const SETTLE_MS = 100;
/** Summaries cost in proportion to the fleet: at most this share of the time is spent on them. */
const SUMMARY_SHARE = 0.1;
/** Exceptions expire and days begin without any news. */
const SUMMARY_AGE_MS = 600_000;

/** The topic on which the rest of the server says that there is something to assess. */
export const ASSESSMENT_TOPIC = 'assessment';

/**
 * Brings verdicts, priorities, findings and summaries up to date, for ever: on news and periodically. Every step takes its
 * work from tables, does the same again harmlessly, may run on every replica, and may be killed at any point.
 *
 * @returns what stops it.
 */
export function startAssessment(context: ServerContext): () => Promise<void> {
  const memory = newMemory(context);
  let timer: NodeJS.Timeout | undefined;
  // Apart: a new advisory does not wait until a large fleet is summed up.
  const verdicts = oneAtATime(() => pass(context, memory));
  const summaries = oneAtATime(() => attempt(context, () => refreshDue(context, memory, 'patient')));
  const work = (): void => {
    timer = undefined;
    void verdicts.run().then(() => void summaries.run());
  };
  const poke = (): void => {
    if (context.stopping.aborted) return;
    timer ??= setTimeout(work, SETTLE_MS);
  };
  const unsubscribe = context.events.subscribe(({ topic, organisationId }) => {
    if (topic === 'endpoint') memory.changed.add(organisationId);
    if (topic === ASSESSMENT_TOPIC || topic === 'endpoint' || topic === 'resync') poke();
  });
  const period = setInterval(poke, PERIOD_MS);
  poke();
  return async () => {
    clearInterval(period);
    clearTimeout(timer);
    unsubscribe();
    await verdicts.ended();
    await summaries.ended();
  };
}

/** Never twice at once; once more at the end if it was asked for meanwhile. */
function oneAtATime(act: () => Promise<void>) {
  let working: Promise<void> | undefined;
  let again = false;
  const repeat = async (): Promise<void> => {
    do {
      again = false;
      await act();
    } while (again);
  };
  return {
    run: (): Promise<void> => {
      again = working !== undefined;
      working ??= repeat().finally(() => {
        working = undefined;
      });
      return working;
    },
    ended: async (): Promise<void> => working,
  };
}

/** How often, and how long, one waits for what another replica has in its hands. */
const ROUNDS = 200;
const ROUND_MS = 20;

/** Passes until nothing is due, also not what others work on; for tests and for whoever measures. */
export async function assessNow(context: ServerContext): Promise<void> {
  const memory = newMemory(context);
  const { rows } = await sql<{ id: string }>`select id from organisation`.execute(context.database.kysely);
  for (const { id } of rows) memory.changed.add(id);
  for (let round = 0; round < ROUNDS; round += 1) {
    await pass(context, memory);
    await attempt(context, () => refreshDue(context, memory, 'at-once'));
    if (memory.changed.size === 0 && !(await isDue(context))) return;
    await sleep(ROUND_MS);
  }
  throw new Error('the assessment does not come to an end; the log says why');
}

async function isDue({ database }: ServerContext): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select exists (select 1 from software where assessed_at is null) or exists (select 1 from assessment_due)
      or exists (select 1 from priority_due) or exists (select 1 from endpoint_due)
      or exists (select 1 from assessment_state where due_at is not null or computed_at is null) as due`.execute(
    database.kysely,
  );
  return rows[0]?.due === true;
}

/** What a replica remembers between passes; losing it costs time, nothing else. */
interface Memory {
  readonly software: SoftwareIds;
  /** Organisations whose endpoints changed. */
  readonly changed: Set<string>;
  /** When the next summary of each may be computed, of performance.now(). */
  readonly nextSummaryMs: Map<string, number>;
}

function newMemory({ database }: ServerContext): Memory {
  return { software: new SoftwareIds(database.pool), changed: new Set(), nextSummaryMs: new Map() };
}

async function pass(context: ServerContext, memory: Memory): Promise<void> {
  const { database, clock, stopping } = context;
  const steps = [
    () => noteRules(database),
    () => fillManifests(database, memory.software, stopping),
    () => assessNew(database, clock, stopping),
    () => reassessDue(database, clock, stopping),
    () => computeDuePriorities(database, clock, stopping),
    () => judgeDueEndpoints(context),
  ];
  // What fails in one step must not keep the others from their work.
  for (const step of steps) if (!stopping.aborted) await attempt(context, step);
}

/** Patient: summaries that were computed just now stay as they are for a while. */
async function refreshDue(
  context: ServerContext,
  { changed, nextSummaryMs: nextMs }: Memory,
  mode: 'patient' | 'at-once',
): Promise<void> {
  const now = context.clock();
  const { rows } = await sql<{ id: string; due: boolean }>`
    select o.id, s.due_at is not null or s.computed_at is null
      or s.computed_at < ${new Date(now.getTime() - SUMMARY_AGE_MS)}::timestamptz as due
    from organisation o left join assessment_state s on s.organisation_id = o.id order by o.id`.execute(
    context.database.kysely,
  );
  for (const { id, due } of rows) {
    if (context.stopping.aborted) return;
    if (!due && !changed.has(id)) continue;
    if (mode === 'patient' && (nextMs.get(id) ?? 0) > performance.now()) continue;
    const startedMs = performance.now();
    changed.delete(id);
    if (!(await refreshSummaries(context.database, id, now))) changed.add(id);
    nextMs.set(id, performance.now() + (performance.now() - startedMs) / SUMMARY_SHARE);
    const live = { kind: 'vulnerabilities-changed' } as const;
    await context.events.publish({ organisationId: id, topic: 'vulnerabilities', key: '', live });
  }
}

async function attempt(context: ServerContext, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!context.stopping.aborted)
      context.log.error({ err: error }, 'the assessment failed; it goes on with the next pass');
  }
}
