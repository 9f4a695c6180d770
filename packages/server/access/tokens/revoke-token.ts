import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';

/** On which replicas hear that a token was revoked; the key is its id. */
export const TOKENS_TOPIC = 'api-tokens';

/**
 * Ends a token at once. Whoever may not look after people ends only their own. The row stays: evidence may name it.
 *
 * @throws HttpProblem 404 `not-found`
 */
export async function revokeToken(
  { database, clock, events }: AccessContext,
  operator: Principal,
  id: string,
): Promise<void> {
  const { organisationId } = operator;
  const whose =
    operator.permissions.get('people:write')?.kind === 'all'
      ? sql`true`
      : sql`person_id is not distinct from ${operator.personId}::uuid`;
  await database.kysely.transaction().execute(async (within) => {
    const now = clock();
    const { rows } = await sql<{ name: string }>`
      update api_token set revoked_at = ${now}
      where id = ${id} and organisation_id = ${organisationId} and revoked_at is null and ${whose}
      returning name`.execute(within);
    const [row] = rows;
    if (row === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such token.' });
    await events.publish({ organisationId, topic: TOKENS_TOPIC, key: id }, within);
    const summary = `${operator.name} revoked the API token ${row.name}`;
    await appendEvidence(within, [
      { organisationId, at: now, kind: 'token-revoked', actor: operator.name, summary, detail: { tokenId: id } },
    ]);
  });
}

/** A person who may not come in any more leaves no tokens behind. In the transaction that shuts them out, which has the evidence. */
export async function revokeTokensOf(
  within: Kysely<Tables>,
  { clock, events }: Pick<AccessContext, 'clock' | 'events'>,
  personId: string,
): Promise<void> {
  const { rows } = await sql<{ id: string; organisation_id: string }>`
    update api_token set revoked_at = ${clock()} where person_id = ${personId} and revoked_at is null
    returning id, organisation_id`.execute(within);
  for (const { id, organisation_id: organisationId } of rows)
    await events.publish({ organisationId, topic: TOKENS_TOPIC, key: id }, within);
}
