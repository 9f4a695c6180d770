import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { requestOfTargets } from '../../deploy/index.ts';
import { countInWords } from '../words.ts';
import { decide, notApplicable, type Operator, ringNamed } from './decide.ts';
import { withdrawFrom } from './withdraw-from.ts';

export interface RollBack {
  readonly ring?: string | undefined;
  readonly endpoints?: readonly string[] | undefined;
  readonly reason: string;
}

/**
 * Puts endpoints back to the versions before: some, those of a ring, or all. Rings go back with the whole rollout halted, because what is
 * put back in one must not go out in the next.
 *
 * @throws HttpProblem 404; 409 `not-applicable`
 */
export async function rollBack(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  { ring: name, endpoints, reason }: RollBack,
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout, now) => {
    if (rollout.run_id === null) throw notApplicable('Nothing has begun yet, so there is nothing to put back.');
    if (endpoints !== undefined) {
      await requestOfTargets(within, context, rollout.run_id, 'roll-back', endpoints);
      const summary = `${operator.name} puts ${countInWords(endpoints.length, 'endpoint')} of ${rollout.name} back: ${reason}`;
      return { kind: 'roll-back', ring: null, summary, detail: { endpoints } };
    }
    const only = name === undefined ? null : (await ringNamed(within, rolloutId, name)).number;
    const { rows } = await sql`
      update rollout_ring set roll_back_at = ${now}, roll_back_by = ${operator.name}
      where rollout_id = ${rolloutId} and opened_at is not null and roll_back_at is null
        and (${only}::integer is null or number = ${only}) returning number`.execute(within);
    if (rows.length === 0) throw notApplicable('There is no ring to put back: it has not begun, or goes back already.');
    await sql`update rollout set halted_at = ${now}, halted_by = ${operator.name}, halted_why = ${reason}
      where id = ${rolloutId} and halted_at is null`.execute(within);
    await sql`update rollout set state = 'rolling-back', explanation = ${`is put back by ${operator.name}: ${reason}`}
      where id = ${rolloutId}`.execute(within);
    await withdrawFrom(within, context, rollout);
    const what = name === undefined ? rollout.name : `ring ${name} of ${rollout.name}`;
    return { kind: 'roll-back', ring: only, summary: `${operator.name} puts ${what} back: ${reason}` };
  });
}
