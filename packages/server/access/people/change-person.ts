import type { ChangePersonRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { type NewEvidence, appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { ACCESS_TOPIC } from '../access-topic.ts';
import type { AccessContext } from '../context.ts';
import { assertOwnerRemains, lockGrants } from '../grants/owners.ts';
import type { Principal } from '../principal.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { revokeTokensOf } from '../tokens/revoke-token.ts';
import { type KnownPerson, demandPerson } from './demand-person.ts';
import { claimLogin } from './login-taken.ts';

/**
 * Who is disabled is out at once: their sessions, links and tokens end. Nobody disables themselves, nor the last owner.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `not-found`; 409 `last-owner`, `login-taken`, `yourself`
 */
export async function changePerson(
  context: AccessContext,
  operator: Principal,
  personId: string,
  change: ChangePersonRequest,
): Promise<void> {
  const transaction = context.database.kysely.transaction();
  await claimLogin(change.login, () =>
    transaction.execute(async (within) => {
      const person = await demandPerson(context, within, operator, personId);
      const evidence: NewEvidence[] = [
        ...(await changeFacts(context, within, operator, person, change)),
        ...(await changeDisabled(context, within, operator, person, change.disabled)),
      ];
      await appendEvidence(within, evidence);
    }),
  );
}

async function changeFacts(
  { clock }: AccessContext,
  within: Kysely<Tables>,
  operator: Principal,
  person: KnownPerson,
  change: ChangePersonRequest,
): Promise<readonly NewEvidence[]> {
  const name = change.name?.trim() ?? person.name;
  const login = change.login?.toLowerCase() ?? person.login;
  const email = change.email === undefined ? person.email : change.email;
  if (name === person.name && login === person.login && email === person.email) return [];
  await sql`update person set name = ${name}, login = ${login}, email = ${email} where id = ${person.id}`.execute(
    within,
  );
  return [
    {
      organisationId: person.organisationId,
      at: clock(),
      kind: 'person-changed',
      actor: operator.name,
      summary: `${operator.name} changed ${person.name}: ${name} (${login ?? 'no login'})`,
      detail: { personId: person.id, login, before: { name: person.name, login: person.login } },
    },
  ];
}

async function changeDisabled(
  context: AccessContext,
  within: Kysely<Tables>,
  operator: Principal,
  person: KnownPerson,
  disabled: boolean | undefined,
): Promise<readonly NewEvidence[]> {
  if (disabled === undefined || disabled === (person.disabledAt !== null)) return [];
  const now = context.clock();
  if (disabled) {
    await lockGrants(within, person.organisationId);
    if (operator.personId === person.id)
      throw new HttpProblem(409, 'yourself', { detail: 'Nobody can disable themselves.' });
    await endSessionsOf(within, context, person.id);
    await sql`delete from sign_in_link where person_id = ${person.id} and used_at is null`.execute(within);
    await revokeTokensOf(within, context, person.id);
  }
  await sql`update person set disabled_at = ${disabled ? now : null} where id = ${person.id}`.execute(within);
  if (disabled) await assertOwnerRemains(within, person.organisationId);
  await context.events.publish({ organisationId: person.organisationId, topic: ACCESS_TOPIC, key: person.id }, within);
  return [
    {
      organisationId: person.organisationId,
      at: now,
      kind: disabled ? 'person-disabled' : 'person-enabled',
      actor: operator.name,
      summary: `${operator.name} ${disabled ? 'disabled' : 'enabled'} ${person.name}`,
      detail: { personId: person.id },
    },
  ];
}
