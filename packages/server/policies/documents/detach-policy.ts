import { parsePolicyText, policyTextWith } from '@thimble/rollouts';
import { sql } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { changePolicies } from './change-policies.ts';
import { insertVersion } from './insert-version.ts';
import { newestVersion } from './newest-version.ts';
import { policyInvalid } from './read-source.ts';

/**
 * Makes an inherited policy the organisation's own, as it is now: what changes above does not concern it any more. It holds here alone,
 * and those below go on to inherit from above.
 *
 * @throws HttpProblem 404; 409 `not-inherited`, `policy-enforced`
 */
export async function detachPolicy(context: ServerContext, operator: Principal, id: string): Promise<void> {
  const { organisationId } = operator;
  await changePolicies(context, operator, async (within) => {
    const before = await newestVersion(within, organisationId, id);
    const { name, inheritedFrom: from } = before;
    if (from === null)
      throw new HttpProblem(409, 'not-inherited', { detail: `The policy ${name} is this organisation’s own.` });
    if (before.document.clients === 'enforced')
      throw new HttpProblem(409, 'policy-enforced', {
        detail: `${from} enforces the policy ${name}: it can’t be detached.`,
        hint: `Ask ${from} to change it to \`clients: inherit\`.`,
      });
    const text = policyTextWith(before.text, { clients: undefined });
    const read = parsePolicyText(text);
    if (!read.ok) throw policyInvalid(read.problems);
    const version = before.version + 1;
    await sql`update policy set version = ${version}, origin_policy_id = null, origin_levels = null, origin_name = null
      where id = ${id} and organisation_id = ${organisationId}`.execute(within);
    const note = `detached from ${from}`;
    const sha256 = await insertVersion(within, context, operator, {
      id,
      version,
      read: { document: read.document, text },
      note,
    });
    return {
      concernsClients: false,
      evidence: {
        kind: 'policy-changed',
        summary: `${operator.name} detached the policy ${name} from ${from}: it is this organisation’s own now`,
        detail: { policyId: id, version, sha256, note },
      },
    };
  });
}
