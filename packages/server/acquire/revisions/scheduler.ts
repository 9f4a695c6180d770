import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { runMirror } from './mirror.ts';
import { runSync } from './run-sync.ts';

/** Turns are counted in hours; asking by hand pokes. */
const PERIOD_MS = 15_000;
/** Other replicas start, and the first requests come, before the first upstream is asked. */
const FIRST_MS = 5_000;
/** Repositories at a time: unpacking and verifying takes a processor each. */
const AT_ONCE = 2;
/** Read anew after so many, so that what is asked for meanwhile comes first. */
const JOBS_AT_ONCE = 10;

/** On which replicas hear that somebody asked for news, or that there is something to mirror. */
export const SYNC_TOPIC = 'content-asked';

/** Looks after repositories when it is their turn, or somebody asks. Takes its work from the database; may run on every replica. */
export function startContentScheduler(context: ServerContext): () => Promise<void> {
  const loops = [
    loop(context, dueRepositories, AT_ONCE, async (id) => {
      const outcome = await runSync(context, id);
      if (outcome?.kind === 'revision') await poke(context);
    }),
    loop(context, dueMirrors, 1, (id) => runMirror(context, id)),
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

type Due = (context: ServerContext, except: readonly string[]) => Promise<readonly string[]>;

/** One pass at a time; asked for again meanwhile, another one follows. */
function loop(context: ServerContext, due: Due, atOnce: number, run: (id: string) => Promise<unknown>) {
  let working: Promise<void> | undefined;
  let again = false;
  const work = (): void => {
    if (context.stopping.aborted) return;
    if (working !== undefined) {
      again = true;
      return;
    }
    working = pass(context, due, atOnce, run)
      .catch((error: unknown) => {
        if (!context.stopping.aborted) context.log.error({ err: error }, 'repositories were not looked after');
      })
      .finally(() => {
        working = undefined;
        if (again) work();
        again = false;
      });
  };
  return { work, ended: async () => working };
}

/** Does whatever is due, a few at a time, the most urgent of all first. Each once: what goes wrong waits for the next pass. */
async function pass(
  context: ServerContext,
  due: Due,
  atOnce: number,
  run: (id: string) => Promise<unknown>,
): Promise<void> {
  const taken = new Set<string>();
  const workers = Array.from({ length: atOnce }, async () => {
    while (!context.stopping.aborted) {
      const [id] = (await due(context, [...taken])).filter((each) => !taken.has(each));
      if (id === undefined) return;
      taken.add(id);
      try {
        await run(id);
      } catch (error) {
        // What one upstream or our code for it does wrong must not keep the others waiting.
        if (!context.stopping.aborted)
          context.log.error({ err: error, repository: id }, 'a repository was not looked after');
      }
    }
  });
  await Promise.all(workers);
}

async function dueRepositories(
  { database, clock }: ServerContext,
  except: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from content_repository
    where removed_at is null and (asked_at is not null or (enabled and (next_at is null or next_at <= ${clock()})))
      and not id = any(${[...except]}::uuid[])
    order by asked_at is null, asked_at, next_at nulls first limit ${JOBS_AT_ONCE}`.execute(database.kysely);
  return rows.map(({ id }) => id);
}

async function dueMirrors({ database, clock }: ServerContext, except: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from content_repository
    where removed_at is null and enabled and mode = 'mirror' and sequence > mirrored_sequence
      and (mirror_next_at is null or mirror_next_at <= ${clock()}) and not id = any(${[...except]}::uuid[])
    order by mirror_next_at nulls first limit ${JOBS_AT_ONCE}`.execute(database.kysely);
  return rows.map(({ id }) => id);
}
