import type { RingCounts } from '@thimble/protocol';
import type { Static } from 'typebox';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

export type Counts = Static<typeof RingCounts>;

const NONE: Counts = { done: 0, busy: 0, failed: 0, waiting: 0, offline: 0, 'left-out': 0 };

/** Members by what has become of them, by rollout and ring. */
export async function countMembers(
  within: Kysely<Tables>,
  rolloutIds: readonly string[],
): Promise<(rolloutId: string, ring: number) => Counts> {
  const { rows } = await sql<{ rollout_id: string; ring: number; outcome: keyof Counts; count: number }>`
    select rollout_id, ring, outcome, count(*) as count from rollout_member
    where rollout_id = any(${[...rolloutIds]}::uuid[]) group by rollout_id, ring, outcome`.execute(within);
  const counts = new Map<string, Counts>();
  for (const { rollout_id: id, ring, outcome, count } of rows)
    counts.set(`${id} ${ring}`, { ...(counts.get(`${id} ${ring}`) ?? NONE), [outcome]: count });
  return (rolloutId, ring) => counts.get(`${rolloutId} ${ring}`) ?? NONE;
}

export function sumOf(all: readonly Counts[]): Counts {
  return all.reduce(
    (sum, each) => ({
      done: sum.done + each.done,
      busy: sum.busy + each.busy,
      failed: sum.failed + each.failed,
      waiting: sum.waiting + each.waiting,
      offline: sum.offline + each.offline,
      'left-out': sum['left-out'] + each['left-out'],
    }),
    NONE,
  );
}

export function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
