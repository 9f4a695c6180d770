import type { RolloutDetail } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { RolloutRow } from '../rows.ts';
import type { FailureElsewhere } from './failures-elsewhere.ts';
import { ELSEWHERE } from './heed-failures.ts';

/** What a rollout was told of failures elsewhere, and whether it waits for somebody because of them. */
export async function toldOf(
  within: Kysely<Tables>,
  { id, halted_by: haltedBy }: Pick<RolloutRow, 'id' | 'halted_by'>,
): Promise<RolloutDetail['failedElsewhere']> {
  const { rows } = await sql<FailureElsewhere>`
    select name, version, organisation_count as "organisationCount", platforms, day
    from rollout_failure_elsewhere where rollout_id = ${id} order by name, version`.execute(within);
  return {
    holds: haltedBy === ELSEWHERE,
    patches: rows.map((failure) => ({ ...failure, platforms: [...failure.platforms] })),
  };
}
