import type { Envelope, OrderKey } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/** Public halves of the keys that sign orders, and how endpoints follow from one to the next. */
export interface OrderKeyChain {
  /** Of the newest list. */
  readonly sequence: number;
  /** Whose orders count by the newest list; the first signs. */
  readonly keys: readonly OrderKey[];
  /** Lists that endpoints are shown, oldest first. */
  readonly lists: readonly { readonly sequence: number; readonly envelope: Envelope }[];
  /** Whose tickets to content count, newest first. */
  readonly ticketKeys: readonly OrderKey[];
  /** All that ever signed orders, newest first: they prove old evidence. */
  readonly ever: readonly OrderKey[];
}

/** The longest-lived ticket, that of a machine without an agent, is good for 365 days. */
const TICKETS_OUTLIVE_DAYS = 366;
/** Of `ticketKeys` in a relay's welcome. */
const TICKET_KEYS = 8;

/** @returns undefined before the first server of this database has put its key down. */
export async function readOrderKeyChain(within: Kysely<Tables>, now: Date): Promise<OrderKeyChain | undefined> {
  const lists = await sql<{ sequence: number; keys: readonly OrderKey[]; envelope: Envelope | null }>`
    select sequence, keys, envelope from order_key_list order by sequence`.execute(within);
  const newest = lists.rows.at(-1);
  if (newest === undefined) return undefined;
  const oldest = new Date(now.getTime() - TICKETS_OUTLIVE_DAYS * 86_400_000);
  const { rows } = await sql<OrderKey & { forTickets: boolean }>`
    select keyid, public_key as "publicKey",
      not revoked and coalesce(retired_at > ${oldest}, true) as "forTickets"
    from order_key order by made_at desc, replaced_at desc nulls first`.execute(within);
  const publicHalf = ({ keyid, publicKey }: OrderKey): OrderKey => ({ keyid, publicKey });
  return {
    sequence: newest.sequence,
    keys: newest.keys,
    lists: lists.rows.flatMap(({ sequence, envelope }) => (envelope === null ? [] : [{ sequence, envelope }])),
    ticketKeys: rows
      .filter(({ forTickets }) => forTickets)
      .slice(0, TICKET_KEYS)
      .map(publicHalf),
    ever: rows.map(publicHalf),
  };
}
