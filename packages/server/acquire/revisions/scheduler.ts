import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { createJobLoop } from './job-loop.ts';
import { runMirror } from './mirror.ts';
import { runSync } from './run-sync.ts';

/** Turns are counted in hours; asking by hand pokes. */
const PERIOD_MS = 15_000;
/** Other replicas start, and the first requests come, before the first upstream is asked. */
const FIRST_MS = 5_000;
/** Repositories at a time: unpacking and verifying takes a processor each. */
const AT_ONCE = 2;
/** With those whose upstreams are slow; they take a connection and little else. */
const MOST = 8;
/** A whole distribution takes less, unless its upstream or the line to it is slow. */
const SLOW_MS = 90_000;
/** Mirrors share the line, so one of them is enough as long as it gets on. */
const MIRRORS = { atOnce: 1, most: 3, slowMs: 15 * 60_000 } as const;
/** Of those that are due; the most urgent one is taken. */
const DUE_LIMIT = 10;

/** On which replicas hear that somebody asked for news, or that there is something to mirror. */
export const SYNC_TOPIC = 'content-asked';

/** Looks after repositories when it is their turn, or somebody asks. Takes its work from the database; may run on every replica. */
export function startContentScheduler(context: ServerContext): () => Promise<void> {
  const common = {
    signal: context.stopping,
    onError: (error: unknown, repository: string | null): void =>
      context.log.error({ err: error, repository }, 'repositories were not looked after'),
  };
  const loops = [
    createJobLoop({
      ...common,
      due: (except) => dueRepositories(context, except),
      run: async (id) => {
        const outcome = await runSync(context, id);
        if (outcome?.kind === 'revision') await poke(context);
      },
      atOnce: AT_ONCE,
      most: MOST,
      slowMs: SLOW_MS,
    }),
    createJobLoop({
      ...common,
      ...MIRRORS,
      due: (except) => dueMirrors(context, except),
      run: (id) => runMirror(context, id),
    }),
  ];
  const work = (): void => {
    for (const each of loops) each.work();
  };
  const unsubscribe = context.events.subscribe(({ topic }) => {
    if (topic === SYNC_TOPIC) work();
  });
  const first = setTimeout(work, FIRST_MS);
  const period = setInterval(work, PERIOD_MS);
  return async () => {
    clearTimeout(first);
    clearInterval(period);
    unsubscribe();
    await Promise.all(loops.map(({ ended }) => ended()));
  };
}

/** Tells every replica that there is work. */
export async function poke({ events }: Pick<ServerContext, 'events'>): Promise<void> {
  await events.publish({ organisationId: '', topic: SYNC_TOPIC, key: '' });
}

async function dueRepositories(
  { database, clock }: ServerContext,
  except: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from content_repository
    where removed_at is null and (asked_at is not null or (enabled and (next_at is null or next_at <= ${clock()})))
      and not id = any(${[...except]}::uuid[])
    order by asked_at is null, asked_at, next_at nulls first limit ${DUE_LIMIT}`.execute(database.kysely);
  return rows.map(({ id }) => id);
}

async function dueMirrors({ database, clock }: ServerContext, except: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from content_repository
    where removed_at is null and enabled and mode = 'mirror' and sequence > mirrored_sequence
      and (mirror_next_at is null or mirror_next_at <= ${clock()}) and not id = any(${[...except]}::uuid[])
    order by mirror_next_at nulls first limit ${DUE_LIMIT}`.execute(database.kysely);
  return rows.map(({ id }) => id);
}
