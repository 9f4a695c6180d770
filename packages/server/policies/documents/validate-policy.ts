import type { PolicyValidation, ValidatePolicyRequest } from '@thimble/protocol';
import type { ServerContext } from '../../context.ts';
import { emptyRings } from '../fleet/empty-rings.ts';
import { policyEffect } from '../fleet/effect.ts';
import { readSource } from './read-source.ts';

/** What is wrong with a policy; of one that is right, what it would mean for the fleet. Nothing is stored. @throws HttpProblem 400 */
export async function validatePolicy(
  context: ServerContext,
  organisationId: string,
  source: ValidatePolicyRequest,
): Promise<PolicyValidation> {
  const { kysely } = context.database;
  const result = await readSource(kysely, organisationId, source);
  if (!result.ok)
    return {
      valid: false,
      problems: [...result.problems],
      warnings: [...result.warnings],
      document: null,
      text: null,
      effect: null,
    };
  const { policy, document, text, warnings } = result.read;
  // Percentages of a policy that has no id yet come out a little different when it has one.
  const effect = await policyEffect(context, kysely, organisationId, { id: policy.name, policy });
  return { valid: true, problems: [], warnings: [...warnings, ...emptyRings(policy, effect)], document, text, effect };
}
