import { sql } from 'kysely';
import { hashSecret } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';

/** By which a leaked one is recognised. */
export const RELAY_TOKEN_PREFIX = 'thimble_relay_';

export interface RelayIdentity {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly site: string | null;
}

/** Recognises a relay by its token; undefined: there is none, or it was removed. */
export async function findRelay(
  { database }: Pick<ServerContext, 'database'>,
  secret: string,
): Promise<RelayIdentity | undefined> {
  const { rows } = await sql<RelayIdentity>`
    select id, organisation_id as "organisationId", name, site from content_relay
    where secret_hash = ${hashSecret(secret)} and removed_at is null`.execute(database.kysely);
  return rows[0];
}
