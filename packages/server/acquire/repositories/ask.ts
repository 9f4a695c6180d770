import type { SyncRequest } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { acceptableMetadata } from '../revisions/faults.ts';
import { poke } from '../revisions/scheduler.ts';
import { type Decider, decide } from './decide.ts';
import { repositoryNamed } from './rows.ts';

/**
 * Asks for news, now; what is fetched ahead and waits after a fault goes on, too.
 *
 * @throws HttpProblem 404; 409 `not-acceptable` the fault is none that a person may accept
 */
export async function askForNews(
  context: ServerContext,
  decider: Decider,
  id: string,
  { acceptFaultId }: SyncRequest,
): Promise<void> {
  const { kysely } = context.database;
  const row = await repositoryNamed(kysely, decider.organisationId, id);
  if (acceptFaultId === undefined)
    await sql`update content_repository set asked_at = ${context.clock()}, mirror_next_at = null where id = ${id}`.execute(
      kysely,
    );
  else
    await decide(context, decider, async (within, now) => {
      const metadataSha256 = await acceptableMetadata(within, id, acceptFaultId);
      if (metadataSha256 === null)
        throw new HttpProblem(409, 'not-acceptable', {
          detail: 'This fault is over, or it is none that may be accepted: nothing unverified is ever taken.',
          hint: 'Only a verified state in which a vendor replaced files under one version can be accepted.',
        });
      await sql`update content_repository set asked_at = ${now}, mirror_next_at = null, accept_fault_id = ${acceptFaultId} where id = ${id}`.execute(
        within,
      );
      return {
        kind: 'repository-changed',
        summary: `${decider.name} accepted other bytes under the same version in ${row.name}`,
        detail: { repositoryId: id, acceptedFaultId: acceptFaultId, metadataSha256 },
      };
    });
  await poke(context);
}
