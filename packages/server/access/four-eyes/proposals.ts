import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { type Actor, answerableOf } from './answerable.ts';
import { fourEyesRule } from './rule.ts';

/** Notes who answers for a run, a rollout or a policy's version, in the transaction that makes it. */
export async function noteProposal(within: Kysely<Tables>, actor: Actor, subject: string, at: Date): Promise<void> {
  await sql`
    insert into proposal (subject, organisation_id, answerable, at)
    values (${subject}, ${actor.organisationId}, ${answerableOf(actor)}, ${at}) on conflict do nothing`.execute(within);
}

/**
 * Who proposed something may not approve it, where the organisation keeps the four-eyes rule.
 *
 * @throws HttpProblem 403 `four-eyes`
 */
export async function assertOtherEyes(
  context: Pick<AccessContext, 'database'>,
  within: Kysely<Tables>,
  actor: Actor,
  subjects: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ subject: string }>`
    select subject from proposal where organisation_id = ${actor.organisationId}
      and subject = any(${[...subjects]}::text[]) and answerable = ${answerableOf(actor)} limit 1`.execute(within);
  const [own] = rows;
  if (own === undefined || !(await fourEyesRule(context, actor.organisationId)).inForce) return;
  const did = own.subject.startsWith('policy:') ? 'wrote the policy that decides this' : 'proposed this';
  throw new HttpProblem(403, 'four-eyes', {
    detail: `${actor.personId === null ? 'Somebody on the server itself' : 'You'} ${did}; somebody else has to approve it.`,
    hint: 'Ask another person with the permission runs:approve. An API token counts as the person who made it.',
  });
}
