import type { OrderKey } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

export interface NewestList {
  readonly sequence: number;
  readonly keys: readonly OrderKey[];
  readonly issuedAt: Date;
}

/** As it stands in the transaction, which may be newer than what this server has taken. */
export async function newestList(within: Kysely<Tables>): Promise<NewestList> {
  const { rows } = await sql<NewestList>`
    select sequence, keys, issued_at as "issuedAt" from order_key_list order by sequence desc limit 1`.execute(within);
  const [newest] = rows;
  if (newest === undefined) throw new Error('the database has no order key');
  return newest;
}
