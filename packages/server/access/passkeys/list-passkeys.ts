import type { Passkey } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

export interface PasskeyRow {
  readonly id: string;
  readonly name: string;
  readonly rp_id: string;
  readonly backed_up: boolean;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

export async function listPasskeys(kysely: Kysely<Tables>, personId: string): Promise<Passkey[]> {
  const { rows } = await sql<PasskeyRow>`
    select id, name, rp_id, backed_up, created_at, last_used_at from passkey where person_id = ${personId}
    order by created_at limit 100`.execute(kysely);
  return rows.map(toPasskey);
}

export function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    name: row.name,
    rpId: row.rp_id,
    backedUp: row.backed_up,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
