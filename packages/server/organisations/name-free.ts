import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../http/index.ts';
import type { Tables } from '../storage/index.ts';

/** @param except its own row. @throws HttpProblem 409 `name-taken` */
export async function assertNameFree(
  within: Kysely<Tables>,
  parentId: string | null,
  name: string,
  except: string | null,
): Promise<void> {
  // Of two who take a name at the same time one waits for the other here.
  await sql`select 1 from organisation where id = ${parentId} for update`.execute(within);
  const { rows } = await sql`
    select 1 from organisation where parent_id is not distinct from ${parentId}::uuid and lower(name) = lower(${name})
      and archived_at is null and id is distinct from ${except}::uuid`.execute(within);
  if (rows.length > 0)
    throw new HttpProblem(409, 'name-taken', { detail: `There is an organisation ${name} here already.` });
}
