import { CHAIN_START, type Hash, peaksOf, type Tree } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Where the next record comes. */
export interface LogHead {
  readonly sequence: number;
  readonly sha256: string;
  /** undefined: records from before there was a log are not taken over yet. */
  readonly tree: Tree | undefined;
}

/** The last record and the log's peaks, in one statement: everybody who appends waits for it. */
export async function readHead(within: Kysely<Tables>, organisationId: string): Promise<LogHead> {
  const { rows } = await sql<{ sequence: number; sha256: string; peaks: Hash[] }>`
    select e.sequence, e.sha256, array(
      select substring(l.hashes from level * 32 + 1 for 32)
      from generate_series(0, 52) as level
      join evidence_leaf as l
        on l.organisation_id = e.organisation_id and l.sequence = (e.sequence >> level) << level
      where (e.sequence >> level) & 1 = 1
      order by level desc) as peaks
    from evidence as e where e.organisation_id = ${organisationId} order by e.sequence desc limit 1`.execute(within);
  const { sequence, sha256, peaks } = rows[0] ?? { sequence: 0, sha256: CHAIN_START, peaks: [] };
  const tree = peaks.length === peaksOf(sequence).length ? { size: sequence, peaks } : undefined;
  return { sequence, sha256, tree };
}
