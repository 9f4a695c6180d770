import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { lockSets } from '../sets/lock-sets.ts';
import { stateAt } from './approval-row.ts';
import { wakeTargets } from './recount-requests.ts';
import { readApproval } from './sign-request.ts';

/**
 * Takes an expired request away: whoever waits for it lacks one, and the reconciler makes a new one of what is wanted now. Its plans
 * may have changed meanwhile, so nothing of the old one is copied.
 */
export async function renewRequest(context: ServerContext, operator: Operator, approvalId: string): Promise<void> {
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const row = await readApproval(within, organisationId, approvalId);
    const now = context.clock();
    if (stateAt(row, now) !== 'expired')
      throw new HttpProblem(409, 'not-expired', {
        detail: `This request is ${stateAt(row, now)}: only what expired is renewed.`,
      });
    await sql`update approval_request set state = 'withdrawn'
      where organisation_id = ${organisationId} and id = ${approvalId}`.execute(within);
    await wakeTargets(within, context, approvalId);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'approval-renewed',
        actor: operator.name,
        runId: row.run_id,
        summary: `${operator.name} asked anew for signatures under ${row.title}`,
        detail: { approvalId },
      },
    ]);
    await publishTrust(context, organisationId, within);
  });
}
