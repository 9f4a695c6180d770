import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import { endSessionsOf } from '../sessions/end-sessions.ts';
import type { Account } from './own-account.ts';

/** @param secret of the session that goes on */
export async function endOtherSessions(
  { database, clock, events }: AccessContext,
  { personId, organisationId, name }: Account,
  secret: string,
): Promise<void> {
  await database.kysely.transaction().execute(async (within) => {
    const count = await endSessionsOf(within, { events }, personId, secret);
    if (count === 0) return;
    const summary = `${name} ended their ${count} other sessions`;
    await appendEvidence(within, [
      { organisationId, at: clock(), kind: 'sessions-ended', actor: name, summary, detail: { personId, count } },
    ]);
  });
}
