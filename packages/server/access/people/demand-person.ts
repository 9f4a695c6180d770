import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { assertNotBeyondPerson } from '../grants/assert-not-beyond-person.ts';
import type { Principal } from '../principal.ts';

export interface KnownPerson {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly login: string | null;
  readonly email: string | null;
  readonly disabledAt: Date | null;
}

/**
 * A person of the operator's organisation, locked, whom the operator may change: nobody gets at somebody who may do more.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `not-found`
 */
export async function demandPerson(
  context: Pick<AccessContext, 'database'>,
  within: Kysely<Tables>,
  operator: Principal,
  id: string,
): Promise<KnownPerson> {
  const { rows } = await sql<KnownPerson>`
    select id, organisation_id as "organisationId", name, login, email, disabled_at as "disabledAt" from person
    where id = ${id} and organisation_id = ${operator.organisationId} for no key update`.execute(within);
  const [person] = rows;
  if (person === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such person.' });
  await assertNotBeyondPerson(context, operator, id);
  return person;
}
