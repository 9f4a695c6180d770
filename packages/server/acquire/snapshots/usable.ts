import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { unknownSnapshot } from './snapshot-list.ts';

/**
 * A snapshot that may be deployed from; held until the transaction ends, so that it is not retired meanwhile.
 *
 * @throws HttpProblem 404; 409 `snapshot-retired`
 */
export async function usableSnapshot(
  within: Kysely<Tables>,
  organisationId: string,
  id: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const { rows } = await sql<{
    name: string;
    retiredAt: Date | null;
    reason: string;
    collectedAt: Date | null;
  }>`
    select name, retired_at as "retiredAt", retired_reason as reason, collected_at as "collectedAt"
    from content_snapshot where id = ${id} and organisation_id = ${organisationId} for share`.execute(within);
  const [row] = rows;
  if (row === undefined) throw unknownSnapshot();
  if (row.collectedAt !== null)
    throw new HttpProblem(409, 'snapshot-retired', {
      detail: `The content of ${row.name} was removed on ${row.collectedAt.toISOString().slice(0, 10)}; only its record is left.`,
      hint: 'Take a newer snapshot.',
    });
  if (row.retiredAt !== null)
    throw new HttpProblem(409, 'snapshot-retired', {
      detail: `${row.name} was retired on ${row.retiredAt.toISOString().slice(0, 10)}${row.reason === '' ? '' : `: ${row.reason}`}.`,
      hint: 'Take another snapshot, or bring this one back first.',
    });
  return { id, name: row.name };
}
