import { sql } from 'kysely';
import { DEFAULT_ORGANISATION_ID } from '../../access/index.ts';
import type { Database } from '../../storage/index.ts';

/** Raised when the rules of matching change: then all software is assessed again, by and by. */
const RULES = 1;
const NAME = 'matching-rules';

/** Makes software of other rules than this code's due. In one transaction, so that a kill in between loses nothing. */
export async function noteRules({ kysely }: Pick<Database, 'kysely'>, rules: number = RULES): Promise<void> {
  await kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ value: unknown }>`
      select value from server_setting where organisation_id = ${DEFAULT_ORGANISATION_ID} and name = ${NAME}`.execute(
      within,
    );
    if (rows[0]?.value === rules) return;
    await sql`insert into server_setting (organisation_id, name, value)
      values (${DEFAULT_ORGANISATION_ID}, ${NAME}, ${JSON.stringify(rules)}::jsonb)
      on conflict (organisation_id, name) do update set value = excluded.value, updated_at = now()`.execute(within);
    await sql`update software set assessed_at = null where assessed_at is not null`.execute(within);
  });
}
