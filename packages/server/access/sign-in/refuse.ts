import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import { DEFAULT_ORGANISATION_ID } from '../tables.ts';

/** Who tried, as far as anybody knows. A login that nobody has is not written down: it may be a password in the wrong field. */
export interface Refused {
  readonly person?: { readonly organisationId: string; readonly personId: string; readonly name: string } | undefined;
  readonly way: string;
  readonly address: string;
}

/** Records a refusal: the same work whether or not such a person exists. */
export async function recordRefusal(
  { database, clock }: AccessContext,
  { person, way, address }: Refused,
): Promise<void> {
  await database.kysely.transaction().execute((within) =>
    appendEvidence(within, [
      {
        organisationId: person?.organisationId ?? DEFAULT_ORGANISATION_ID,
        at: clock(),
        kind: 'sign-in-refused',
        actor: person?.name ?? 'unknown',
        summary: `a sign-in by ${way} was refused, from ${address}`,
        detail: { personId: person?.personId ?? null, way, address },
      },
    ]),
  );
}

/** One reply for every reason, so that nobody learns which logins exist. */
export function badCredentials(): HttpProblem {
  return new HttpProblem(401, 'bad-credentials', {
    detail: 'Login and password do not fit.',
    hint: 'Who has lost them gets a link: from an administrator, or on the server with thimble sign-in-link LOGIN',
  });
}
