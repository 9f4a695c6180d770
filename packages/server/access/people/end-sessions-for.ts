import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import { demandPerson } from './demand-person.ts';

/** @throws HttpProblem 403 `beyond-yourself`; 404 `not-found` */
export async function endSessionsFor(context: AccessContext, operator: Principal, personId: string): Promise<void> {
  const { database, clock } = context;
  await database.kysely.transaction().execute(async (within) => {
    const { name, organisationId } = await demandPerson(context, within, operator, personId);
    const count = await endSessionsOf(within, context, personId);
    const summary = `${operator.name} ended ${count} sessions of ${name}`;
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'sessions-ended',
        actor: operator.name,
        summary,
        detail: { personId, count },
      },
    ]);
  });
}
