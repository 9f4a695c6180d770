import { createCalendarCache } from '@thimble/rollouts';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { startScheduled } from './scheduled-starts.ts';
import { startUrgent } from './urgent-starts.ts';

/** A calendar is exact to the minute. */
const SCHEDULED_MS = 10_000;
/** What the whole fleet lacks is looked through; minutes do not matter where days are the rule. */
const URGENT_MS = 60_000;

/** Starts rollouts by themselves, for ever. Every server may do it: each occurrence and each policy's start is one row. */
export function startScheduler(context: ServerContext): () => Promise<void> {
  const calendar = createCalendarCache();
  const stops = [
    repeat(context, SCHEDULED_MS, (organisationId) => startScheduled(context, calendar, organisationId)),
    repeat(context, URGENT_MS, (organisationId) => startUrgent(context, organisationId)),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function repeat(
  context: ServerContext,
  periodMs: number,
  task: (organisationId: string) => Promise<void>,
): () => Promise<void> {
  let working: Promise<void> | undefined;
  const pass = async (): Promise<void> => {
    for (const organisationId of await organisationsWithPolicies(context))
      try {
        await task(organisationId);
      } catch (error) {
        if (!context.stopping.aborted)
          context.log.error(
            { err: error, organisationId },
            'rollouts that are due were not started; the next pass tries again',
          );
      }
  };
  const timer = setInterval(() => {
    if (context.stopping.aborted) return;
    working ??= pass()
      .catch((error: unknown) => {
        if (!context.stopping.aborted) context.log.error({ err: error }, 'the policies were not read');
      })
      .finally(() => {
        working = undefined;
      });
  }, periodMs);
  return async () => {
    clearInterval(timer);
    await working;
  };
}

async function organisationsWithPolicies({ database }: ServerContext): Promise<readonly string[]> {
  const { rows } = await sql<{ organisation_id: string }>`
    select distinct organisation_id from policy where removed_at is null`.execute(database.kysely);
  return rows.map((row) => row.organisation_id);
}
