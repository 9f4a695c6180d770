import { approvalsOf, type Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { answerableName, answerableOf, assertOtherEyes } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { readPolicyOf } from '../policy-of-rollout.ts';
import { readApprovals, WHOLE_ROLLOUT } from '../rows.ts';
import { proposalsOf } from '../proposals-of.ts';
import { decide, notApplicable, type Operator, ringNamed } from './decide.ts';

/**
 * Approves a rollout, or that the ring after this one begins. One person counts once.
 *
 * @throws HttpProblem 403 `not-an-approver`, `four-eyes`; 409 `not-applicable`, `already-approved`
 */
export async function approve(
  context: ServerContext,
  operator: Operator,
  rolloutId: string,
  ringName: string | undefined,
): Promise<void> {
  await decide(context, operator, rolloutId, async (within, rollout, now) => {
    const policy = await readPolicyOf(within, rollout);
    const { from, required } = policy.approvals;
    const person = await answerableName(within, operator);
    if (from !== null && !from.includes(person))
      throw new HttpProblem(403, 'not-an-approver', {
        detail: `The policy ${policy.name} lets ${from.join(', ')} approve, and not ${person}.`,
      });
    await assertOtherEyes(context, within, operator, proposalsOf(rollout));
    const ring = ringName === undefined ? null : await ringNamed(within, rolloutId, ringName);
    const needed = ring === null ? required : (policy.rings[ring.number]?.gate.approvals ?? 0);
    if (needed === 0) throw notApplicable('The policy asks for no approval here.');
    if (ring?.passed === true) throw notApplicable(`The ring ${ringName} has passed its gate already.`);
    const { rows } = await sql`
      insert into rollout_approval (rollout_id, ring, person, at, answerable)
      values (${rolloutId}, ${ring?.number ?? WHOLE_ROLLOUT}, ${person}, ${now}, ${answerableOf(operator)})
      on conflict do nothing
      returning 1`.execute(within);
    if (rows.length === 0)
      throw new HttpProblem(409, 'already-approved', {
        detail: `${person} approved this already; one person counts once.`,
      });
    if (ring === null && rollout.state === 'awaiting-approval') await goOnWhenEnough(within, rolloutId, policy);
    const what = ringName === undefined ? rollout.name : `ring ${ringName} of ${rollout.name}`;
    return { kind: 'approved', ring: ring?.number ?? null, summary: `${operator.name} approved ${what}` };
  });
}

/** At once, as a halt and its end: whoever watches it from now on is not told that it waits. */
async function goOnWhenEnough(within: Kysely<Tables>, rolloutId: string, { approvals }: Policy): Promise<void> {
  const people = (await readApprovals(within, rolloutId)).flatMap(({ ring, person }) =>
    ring === WHOLE_ROLLOUT ? [person] : [],
  );
  if (approvalsOf(people, approvals.from) < approvals.required) return;
  await sql`update rollout set state = 'running', explanation = ${`approved by ${people.join(', ')}`}
    where id = ${rolloutId}`.execute(within);
}
