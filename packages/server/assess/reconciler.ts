import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { judgeDueEndpoints } from './findings/judge-due.ts';
import { computeDuePriorities } from './priorities/index.ts';
import { SoftwareIds, fillManifests } from './software/index.ts';
import { refreshSummaries } from './summaries/index.ts';
import { assessNew, reassessDue } from './verdicts/index.ts';

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

export interface AssessmentReconciler {
  /** One pass over all that is due, now; for tests and for whoever can't wait. */
  readonly pass: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Brings verdicts, priorities, findings and summaries up to date, for ever: on news and periodically. Every step takes its
 * work from tables, does the same again harmlessly, may run on every replica, and may be killed at any point.
 */
export function startAssessment(context: ServerContext): AssessmentReconciler {
  const software = new SoftwareIds(context.database.pool);
  const changed = new Set<string>();
  const nextSummaryMs = new Map<string, number>();
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const pass = async (patient: boolean): Promise<void> => {
    const { database, clock, stopping } = context;
    const steps = [
      () => fillManifests(database, software, stopping),
      () => assessNew(database, clock, stopping),
      () => reassessDue(database, clock, stopping),
      () => computeDuePriorities(database, clock, stopping),
      () => judgeDueEndpoints(context),
      () => refreshDue(context, changed, nextSummaryMs, patient),
    ];
    // What fails in one step must not keep the others from their work.
    for (const step of steps) if (!stopping.aborted) await attempt(context, step);
  };
  const work = (): void => {
    timer = undefined;
    working ??= pass(true).finally(() => {
      working = undefined;
    });
  };
  const poke = (): void => {
    if (context.stopping.aborted) return;
    timer ??= setTimeout(work, SETTLE_MS);
  };
  const unsubscribe = context.events.subscribe(({ topic, organisationId }) => {
    if (topic === 'endpoint') changed.add(organisationId);
    if (topic === ASSESSMENT_TOPIC || topic === 'endpoint' || topic === 'resync') poke();
  });
  const period = setInterval(poke, PERIOD_MS);
  poke();
  return {
    pass: async () => {
      await working;
      await pass(false);
    },
    stop: async () => {
      clearInterval(period);
      clearTimeout(timer);
      unsubscribe();
      await working;
    },
  };
}

/** @param patient leaves summaries that were computed just now as they are for a while. */
async function refreshDue(
  context: ServerContext,
  changed: Set<string>,
  nextMs: Map<string, number>,
  patient: boolean,
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
    if (patient && (nextMs.get(id) ?? 0) > performance.now()) continue;
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
