import type { AgentVersionDecision } from '@thimble/protocol';
import { AGENT_WAVES } from '@thimble/rollouts';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import { forgetOffers } from './offers.ts';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

const DONE = { pause: 'paused', resume: 'let go on', advance: 'took to its next wave', block: 'blocked' } as const;

/** What a person says about a version. @throws HttpProblem 409 `cannot-decide` */
export async function decideVersion(
  context: ServerContext,
  { organisationId, name: actor }: Operator,
  { version, decision }: AgentVersionDecision,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    // Also one that is not offered yet may be blocked.
    if (decision === 'block')
      await sql`
        insert into agent_version (organisation_id, version, state, wave_since, judged_since, started_at)
        values (${organisationId}, ${version}, 'paused', ${now}, ${now}, ${now}) on conflict do nothing`.execute(
        within,
      );
    const { rows } = await {
      pause: sql`update agent_version set state = 'paused', decided_by = ${actor}
        where organisation_id = ${organisationId} and version = ${version} and state = 'under-way' returning 1`,
      resume: sql`update agent_version set state = 'under-way', decided_by = ${actor}, judged_since = ${now}, open = true,
          explanation = ''
        where organisation_id = ${organisationId} and version = ${version} and state in ('paused', 'halted', 'blocked')
        returning 1`,
      advance: sql`update agent_version set wave = wave + 1, decided_by = ${actor}, judged_since = ${now},
          wave_since = ${now}, explanation = ''
        where organisation_id = ${organisationId} and version = ${version} and state = 'under-way'
          and wave < ${AGENT_WAVES.length - 1} returning 1`,
      block: sql`update agent_version set state = 'blocked', decided_by = ${actor}
        where organisation_id = ${organisationId} and version = ${version} and state <> 'blocked' returning 1`,
    }[decision].execute(within);
    if (rows.length === 0)
      throw new HttpProblem(409, 'cannot-decide', {
        detail: `Version ${version} is not in a state in which that can be decided.`,
        hint: 'Look where it is: thimble agent-updates',
      });
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'agent-version-decided',
        actor,
        summary: `${actor} ${DONE[decision]} version ${version} of the agent`,
        detail: { version, decision },
      },
    ]);
  });
  forgetOffers(context);
}
