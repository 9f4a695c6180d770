import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';

/** Of two who take a login at once, the table's own constraint refuses one. @throws HttpProblem 409 `login-taken` */
export async function assertLoginFree(within: Kysely<Tables>, login: string, personId?: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from person where login = ${login}`.execute(within);
  if (rows.some(({ id }) => id !== personId))
    throw new HttpProblem(409, 'login-taken', {
      detail: `The login ${login} is taken.`,
      hint: 'Logins are for the whole server. An e-mail address is one that nobody else has.',
    });
}
