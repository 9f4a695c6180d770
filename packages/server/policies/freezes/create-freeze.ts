import type { CreateFreezeRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Actor } from '../../access/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { publishPolicies } from '../publish.ts';
import { scopeInWords } from './scope-in-words.ts';

/** Nothing new begins on these endpoints from then on; what is under way goes on. @returns its id. @throws HttpProblem 422 `bad-freeze` */
export async function createFreeze(
  context: ServerContext,
  { organisationId, name: actor }: Actor,
  { scope = {}, reason, startsAt, endsAt }: CreateFreezeRequest,
): Promise<string> {
  const id = context.newId();
  const now = context.clock();
  const starts = startsAt === undefined ? now : momentOf(startsAt);
  const ends = endsAt === undefined ? null : momentOf(endsAt);
  if (ends !== null && ends <= (starts > now ? starts : now))
    throw new HttpProblem(422, 'bad-freeze', { detail: 'The freeze would end before it begins, or is over already.' });
  await context.database.kysely.transaction().execute(async (within) => {
    await sql`
      insert into policy_freeze (id, organisation_id, scope, reason, starts_at, ends_at, created_at, created_by)
      values (${id}, ${organisationId}, ${JSON.stringify(scope)}::jsonb, ${reason}, ${starts}, ${ends}, ${now}, ${actor})`.execute(
      within,
    );
    await publishPolicies(context, organisationId, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'freeze-created',
        actor,
        summary: `${actor} froze ${scopeInWords(scope)}${ends === null ? '' : ` until ${ends.toISOString()}`}: ${reason}`,
        detail: { freezeId: id, scope, reason, startsAt: starts.toISOString(), endsAt: ends?.toISOString() ?? null },
      },
    ]);
  });
  return id;
}

/** Its pattern takes the 31st of February, which is no day. @throws HttpProblem 422 `bad-freeze` */
function momentOf(timestamp: string): Date {
  const moment = new Date(timestamp);
  if (Number.isNaN(moment.getTime()))
    throw new HttpProblem(422, 'bad-freeze', { detail: `${timestamp} is no moment.` });
  return moment;
}
