import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { recallOrders } from '../../deploy/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { publishContent } from '../publish.ts';
import { lockBlocks } from './lock.ts';
import { BLOCKS_TOPIC } from './watch-blocks.ts';

/** Takes a recall back: plans that were held up by it alone can be approved again. What was stopped stays so. @throws HttpProblem 404 */
export async function liftBlock(
  context: ServerContext,
  operator: { readonly organisationId: string; readonly name: string },
  id: string,
): Promise<void> {
  const { organisationId, name: actor } = operator;
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    await lockBlocks(within, organisationId, 'exclusive');
    const { rows } = await sql<{ name: string; version: string }>`
      update content_block set lifted_at = ${now}, lifted_by = ${actor}
      where id = ${id} and organisation_id = ${organisationId} and lifted_at is null returning name, version`.execute(
      within,
    );
    const [block] = rows;
    if (block === undefined)
      throw new HttpProblem(404, 'unknown-block', { detail: 'There is no such standing block.' });
    const because = `the recall of ${block.name} ${block.version} was lifted`;
    const { evidence } = await recallOrders(within, context, { organisationId, actor, because });
    await context.events.publish({ organisationId, topic: BLOCKS_TOPIC, key: organisationId }, within);
    await publishContent(context, organisationId, 'blocks', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'block-lifted',
        actor,
        summary: `${actor} lifted the recall of ${block.name} ${block.version}`,
        detail: { blockId: id, name: block.name, version: block.version },
      },
      ...evidence,
    ]);
  });
}
