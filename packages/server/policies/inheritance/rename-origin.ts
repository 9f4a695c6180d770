import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Copies say whose they are by the organisation's present name. */
export async function renameOrigin(within: Kysely<Tables>, organisationId: string, name: string): Promise<void> {
  await sql`update policy c set origin_name = ${name} from policy o
    where o.id = c.origin_policy_id and o.organisation_id = ${organisationId}`.execute(within);
}
