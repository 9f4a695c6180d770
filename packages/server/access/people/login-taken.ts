import { DatabaseError } from 'pg';
import { HttpProblem } from '../../http/problem.ts';

/**
 * Logins are for the whole server, and a request sees its own organisation alone: so the table itself says who was first.
 *
 * @throws HttpProblem 409 `login-taken`, instead of what the database says
 */
export async function claimLogin<T>(login: string | null | undefined, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (cause) {
    if (!(cause instanceof DatabaseError) || cause.constraint !== 'person_login_key') throw cause;
    throw new HttpProblem(409, 'login-taken', {
      detail: `The login ${login ?? ''} is taken.`,
      hint: 'Logins are for the whole server. An e-mail address is one that nobody else has.',
      cause,
    });
  }
}
