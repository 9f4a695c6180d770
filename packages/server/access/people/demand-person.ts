import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';
import { assertNotBeyond } from '../permissions/assert-not-beyond.ts';
import { permissionsOf } from '../permissions/permissions-of.ts';
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
export async function demandPerson(within: Kysely<Tables>, operator: Principal, id: string): Promise<KnownPerson> {
  const { rows } = await sql<KnownPerson>`
    select id, organisation_id as "organisationId", name, login, email, disabled_at as "disabledAt" from person
    where id = ${id} and organisation_id = ${operator.organisationId} for update`.execute(within);
  const [person] = rows;
  if (person === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such person.' });
  assertNotBeyond(operator.permissions, await permissionsOf(within, id, operator.organisationId));
  return person;
}
