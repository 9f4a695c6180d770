import { type RawBuilder, sql } from 'kysely';

/**
 * A sum that stays a number which JavaScript and JSON have, whatever a relay reports: its counts are taken on trust, and must not
 * break the pages on which they are added up.
 */
export function countable(sum: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`least(${sum}, ${Number.MAX_SAFE_INTEGER}::bigint)::bigint`;
}
