import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { countInWords } from '../words.ts';
import { decide, type Operator } from './decide.ts';

/** Nothing begins on these endpoints until they are released, or until then. @throws HttpProblem 404 */
export async function hold(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  {
    endpoints,
    reason,
    until,
  }: { readonly endpoints: readonly string[]; readonly reason: string; readonly until?: string | undefined },
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout) => {
    const { rows } = await sql`
      update rollout_member set hold_by = ${operator.name}, hold_why = ${reason}, hold_until = ${until ?? null}
      where rollout_id = ${rolloutId} and endpoint_id = any(${[...endpoints]}::uuid[]) returning 1`.execute(within);
    assertAll(rows.length, endpoints);
    const summary = `${operator.name} holds ${countInWords(rows.length, 'endpoint')} of ${rollout.name}${until === undefined ? '' : ` until ${until}`}: ${reason}`;
    return { kind: 'held', ring: null, summary, detail: { endpoints } };
  });
}

/** @throws HttpProblem 404 */
export async function release(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  endpoints: readonly string[],
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout) => {
    const { rows } = await sql`update rollout_member set hold_by = null, hold_why = null, hold_until = null
      where rollout_id = ${rolloutId} and endpoint_id = any(${[...endpoints]}::uuid[]) returning 1`.execute(within);
    assertAll(rows.length, endpoints);
    const summary = `${operator.name} released ${countInWords(rows.length, 'endpoint')} of ${rollout.name}`;
    return { kind: 'released', ring: null, summary, detail: { endpoints } };
  });
}

/** The transaction ends with this, so that nobody is held when not everybody is. */
function assertAll(found: number, endpoints: readonly string[]): void {
  if (found < new Set(endpoints).size)
    throw new HttpProblem(404, 'unknown-endpoint', { detail: 'An endpoint is not part of this rollout.' });
}
