import type { RepositorySummary } from '@thimble/protocol';
import type { Kysely } from 'kysely';
import type { Principal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { type NewEvidence, appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { REPOSITORIES_TOPIC } from '../configured-hosts.ts';
import { publishContent } from '../publish.ts';
import { readSummaries } from './summary.ts';

/** The one who decides. */
export type Decider = Pick<Principal, 'organisationId' | 'name'>;

/**
 * A decision about a repository: what it changes, its evidence, and that everybody hears of it, in one transaction.
 *
 * @param change its result is the evidence of it
 */
export async function decide(
  context: ServerContext,
  { organisationId, name }: Decider,
  change: (within: Kysely<Tables>, now: Date) => Promise<Pick<NewEvidence, 'kind' | 'summary' | 'detail'>>,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely
    .transaction()
    .execute(async (within) => {
      const evidence = await change(within, now);
      await publishContent(context, organisationId, 'repositories', within);
      await context.events.publish({ organisationId, topic: REPOSITORIES_TOPIC, key: '' }, within);
      await appendEvidence(within, [{ organisationId, at: now, actor: name, ...evidence }]);
    })
    .catch((error: unknown) => {
      throw isDuplicate(error) ? alreadyThere(error) : error;
    });
}

/** The repository as people see it after a decision. */
export async function summaryOf(
  context: ServerContext,
  organisationId: string,
  id: string,
): Promise<RepositorySummary> {
  const [summary] = (await readSummaries(context, organisationId, id)).items;
  if (summary === undefined)
    throw new HttpProblem(404, 'unknown-repository', { detail: 'There is no such repository, or it was removed.' });
  return summary;
}

function isDuplicate(error: unknown): boolean {
  return (error as { constraint?: unknown }).constraint === 'content_repository_place';
}

function alreadyThere(cause: unknown): HttpProblem {
  return new HttpProblem(409, 'repository-exists', {
    detail: 'There is a repository for this address and suite already.',
    hint: 'Change that one: components, architectures and keys can be added to it.',
    cause,
  });
}
