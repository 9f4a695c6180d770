import { type Kysely, sql } from 'kysely';
import type { Database, Tables } from '../../storage/index.ts';
import { assessSoftware } from './assess-software.ts';

/** Names taken from the queue in one transaction. */
const NAMES = 200;
/** New software assessed in one transaction. */
const SOFTWARE = 500;
/** Software of a full assessment in one transaction. */
const PAGE = 1_000;

export interface Name {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Assesses the software of names whose claims changed, as long as there are any in the queue. A batch is taken from the
 * queue in the transaction that writes its verdicts: killed in between, it is still in the queue.
 */
export async function reassessDue({ kysely }: Database, clock: () => Date, stop: AbortSignal): Promise<boolean> {
  let any = false;
  for (;;) {
    if (stop.aborted) return any;
    await dropUnused(kysely);
    const count = await kysely.transaction().execute(async (within) => {
      const { rows } = await sql<Name>`
        delete from assessment_due where (namespace, name, name_kind) in (
          select namespace, name, name_kind from assessment_due order by namespace, name, name_kind
          limit ${NAMES} for update skip locked)
        returning namespace, name`.execute(within);
      await assessSoftware(within, await softwareNamed(within, rows), clock());
      return rows.length;
    });
    if (count === 0) return any;
    any = true;
  }
}

/** Matches the software that these names speak of again. */
export async function reassess(database: Database, names: readonly Name[], now: Date): Promise<void> {
  await database.kysely
    .transaction()
    .execute(async (within) => void (await assessSoftware(within, await softwareNamed(within, names), now)));
}

/** Names of which nobody has anything; a first load of a feed queues a hundred thousand of them. */
async function dropUnused(within: Kysely<Tables>): Promise<void> {
  await sql`delete from assessment_due d where not exists (
    select 1 from software_key k where k.namespace = d.namespace and k.name = d.name and k.name_kind = d.name_kind)`.execute(
    within,
  );
}

async function softwareNamed(within: Kysely<Tables>, names: readonly Name[]): Promise<readonly number[]> {
  if (names.length === 0) return [];
  const { rows } = await sql<{ id: number }>`
    select distinct k.software_id as id from unnest(${names.map(({ namespace }) => namespace)}::text[],
      ${names.map(({ name }) => name)}::text[]) as given (namespace, name)
    join software_key k on k.namespace = given.namespace and k.name = given.name`.execute(within);
  return rows.map(({ id }) => id);
}

/** Assesses software that came with a list and was never assessed. */
export async function assessNew({ kysely }: Database, clock: () => Date, stop: AbortSignal): Promise<boolean> {
  let any = false;
  for (;;) {
    if (stop.aborted) return any;
    const count = await kysely.transaction().execute(async (within) => {
      const { rows } = await sql<{ id: number }>`
        select id from software where assessed_at is null order by id limit ${SOFTWARE}
        for no key update skip locked`.execute(within);
      if (rows.length > 0)
        await assessSoftware(
          within,
          rows.map(({ id }) => id),
          clock(),
        );
      return rows.length;
    });
    if (count === 0) return any;
    any = true;
  }
}

/**
 * Assesses all software there is, by package name, so that each name's claims are read about once. Needed when the rules
 * of matching changed; it can be stopped and done again at any point.
 *
 * @returns what was looked at and what it came to.
 */
export async function assessEverything(
  { kysely }: Database,
  clock: () => Date,
  stop: AbortSignal,
): Promise<{ readonly software: number; readonly verdicts: number }> {
  let after = { namespace: '', name: '', id: 0 };
  let software = 0;
  let verdicts = 0;
  while (!stop.aborted) {
    const { rows } = await sql<{ namespace: string; name: string; id: number }>`
      select namespace, coalesce(source_name, name) as name, id from software
      where (namespace, coalesce(source_name, name), id) > (${after.namespace}, ${after.name}, ${after.id})
      order by 1, 2, 3 limit ${PAGE}`.execute(kysely);
    const last = rows.at(-1);
    if (last === undefined) break;
    const ids = rows.map(({ id }) => id);
    verdicts += await kysely.transaction().execute((within) => assessSoftware(within, ids, clock()));
    software += ids.length;
    after = last;
  }
  return { software, verdicts };
}
