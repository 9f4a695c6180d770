import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';
import { operatorOf } from '../principal.ts';

/** The person who asks, with the organisation that they belong to, whichever they work in now. */
export interface Account {
  readonly personId: string;
  readonly organisationId: string;
  readonly name: string;
  readonly login: string | null;
  readonly email: string | null;
}

/** @throws HttpProblem 403 `only-people` */
export async function ownAccount({ database }: AccessContext, request: FastifyRequest): Promise<Account> {
  const principal = operatorOf(request);
  if (principal.kind !== 'person')
    throw new HttpProblem(403, 'only-people', { detail: 'This is for people who are signed in.' });
  const { rows } = await sql<{ organisation_id: string; name: string; login: string | null; email: string | null }>`
    select organisation_id, name, login, email from person where id = ${principal.id}`.execute(database.kysely);
  const [row] = rows;
  if (row === undefined) throw new Error('the person of a session is gone');
  return {
    personId: principal.id,
    organisationId: row.organisation_id,
    name: row.name,
    login: row.login,
    email: row.email,
  };
}
