import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { demandPerson } from './demand-person.ts';

/**
 * No identity provider signs this person in any more, and their sessions end: those may have come by it. A link of an
 * administrator brings them back.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `not-found`; 409 `not-linked`
 */
export async function unlinkIdentities(context: AccessContext, operator: Principal, personId: string): Promise<void> {
  const { database, clock } = context;
  await database.kysely.transaction().execute(async (within) => {
    const { name, organisationId } = await demandPerson(context, within, operator, personId);
    const { rows } = await sql<{ name: string }>`
      delete from person_identity i using identity_provider o where o.id = i.provider_id and i.person_id = ${personId}
      returning o.name`.execute(within);
    if (rows.length === 0)
      throw new HttpProblem(409, 'not-linked', { detail: `No identity provider signs ${name} in.` });
    await endSessionsOf(within, context, personId);
    const providers = rows.map((row) => row.name);
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'credential-removed',
        actor: operator.name,
        summary: `${operator.name} removed single sign-on by ${providers.join(', ')} from ${name}`,
        detail: { personId, providers },
      },
    ]);
  });
}
