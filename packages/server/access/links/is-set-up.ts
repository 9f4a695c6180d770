import { sql } from 'kysely';
import type { AccessContext } from '../context.ts';
import { DEFAULT_ORGANISATION_ID } from '../tables.ts';

/** Whether somebody of the first organisation can sign in without a link. Until then the start prints one. */
export async function isSetUp({ database }: Pick<AccessContext, 'database'>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from person p where p.organisation_id = ${DEFAULT_ORGANISATION_ID} and p.disabled_at is null and (
      exists (select 1 from person_password w where w.person_id = p.id)
      or exists (select 1 from passkey k where k.person_id = p.id)
      or exists (select 1 from person_identity i where i.person_id = p.id)) limit 1`.execute(database.kysely);
  return rows.length > 0;
}
