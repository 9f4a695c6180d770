import { type Kysely, sql } from 'kysely';
import { assertOtherEyes, fourEyesRule } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { proposalsOf } from '../../rollouts/index.ts';
import { asSystem, type Tables } from '../../storage/index.ts';
import type { SignedBy } from '../statements/add-signature.ts';

/**
 * Where the organisation keeps the four-eyes rule, an approver is somebody whom it knows, and not who proposed what is signed: of a key file
 * under a name of its own nobody could say whose it is.
 *
 * @throws HttpProblem 403 `four-eyes`
 */
export async function assertSignedByOthers(
  context: ServerContext,
  within: Kysely<Tables>,
  organisationId: string,
  runId: string,
  { id: personId, name }: SignedBy,
): Promise<void> {
  if (!(await isKnown(within, organisationId, personId)) && (await fourEyesRule(context, organisationId)).inForce)
    throw new HttpProblem(403, 'four-eyes', {
      detail: `Nobody who signs in here is the approver ${name}, so this could be the signature of who proposed it.`,
      hint: 'Give the key to its person: thimble approvers propose --remove NAME --approver PERSON=FILE',
    });
  await assertOtherEyes(context, within, { organisationId, name, personId }, await proposedBy(within, runId));
}

/** People of the organisations above may work in this one. */
async function isKnown(within: Kysely<Tables>, organisationId: string, personId: string): Promise<boolean> {
  const { rows } = await asSystem(() =>
    sql`select 1 from person p join organisations_above(${organisationId}::uuid) a on a.id = p.organisation_id
      where p.id = ${personId} and p.disabled_at is null`.execute(within),
  );
  return rows.length > 0;
}

/** The run, or the rollout and the policy that decided it. */
async function proposedBy(within: Kysely<Tables>, runId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string; policy_id: string; policy_version: number }>`
    select o.id, o.policy_id, o.policy_version from run r join rollout o on o.id = r.rollout_id
    where r.id = ${runId}`.execute(within);
  return [`run:${runId}`, ...rows.flatMap((rollout) => proposalsOf(rollout))];
}
