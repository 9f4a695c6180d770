import type { ServerContext } from '../../context.ts';
import { requestOfTargets } from '../../deploy/index.ts';
import { countInWords } from '../words.ts';
import { decide, notApplicable, type Operator } from './decide.ts';

/** Asks endpoints anew for their transactions. @param endpoints undefined: all that can. @throws HttpProblem 404, 409 */
export async function retry(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  endpoints: readonly string[] | undefined,
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout) => {
    if (rollout.run_id === null) throw notApplicable('Nothing has begun yet.');
    const asked = await requestOfTargets(within, context, rollout.run_id, 'retry', endpoints);
    const summary = `${operator.name} asked ${countInWords(asked, 'endpoint')} of ${rollout.name} anew`;
    return { kind: 'retried', ring: null, summary };
  });
}
