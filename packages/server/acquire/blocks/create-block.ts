import type { CreateBlockRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { RecalledOrder, recallOrders } from '../../deploy/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { BLOCKS_LIMIT, blocksForOrders } from './blocks-for-orders.ts';
import { checkBlock } from './check-block.ts';
import { publishContent } from '../publish.ts';
import { lockBlocks } from './lock.ts';
import { BLOCKS_TOPIC } from './watch-blocks.ts';

interface Operator {
  readonly organisationId: string;
  readonly name: string;
}

/**
 * Recalls a package version. When this has committed, no order with it is signed, plans with it can't be approved, orders under way
 * are withdrawn or asked to stop, and what is past its point of no return is named.
 *
 * @param recall of the stage that deploys, which builds on this one
 * @throws HttpProblem 409 `already-blocked`, `too-many-blocks`; 422 `bad-block`
 */
export async function createBlock(
  context: ServerContext,
  operator: Operator,
  given: CreateBlockRequest,
  recall: typeof recallOrders,
): Promise<string> {
  const request = checkBlock(given);
  const id = context.newId();
  const { organisationId } = operator;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockBlocks(within, organisationId, 'exclusive');
    await insertBlock(within, context, operator, id, request);
    const because = `${request.name} ${request.version} was recalled (${request.reason})`.slice(0, 1000);
    const { recalled, evidence } = await recall(within, context, {
      organisationId,
      actor: operator.name,
      because,
    });
    await sql`insert into content_block_order (block_id, order_id, endpoint_id, ending)
      select ${id}::uuid, o."orderId", o."endpointId", o.ending
      from jsonb_to_recordset(${JSON.stringify(recalled)}::jsonb) as o ("orderId" uuid, "endpointId" uuid, ending text)`.execute(
      within,
    );
    await context.events.publish({ organisationId, topic: BLOCKS_TOPIC, key: organisationId }, within);
    await publishContent(context, organisationId, 'blocks', within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'block-created',
        actor: operator.name,
        summary: `${operator.name} recalled ${because.slice(0, 1000)}; ${inWords(recalled)}`,
        detail: { blockId: id, ...stated(request), orders: recalled.slice(0, 1000) },
      },
      ...evidence,
    ]);
  });
  return id;
}

async function insertBlock(
  within: Kysely<Tables>,
  context: ServerContext,
  { organisationId, name: actor }: Operator,
  id: string,
  { name, source = false, version, architecture, reason }: CreateBlockRequest,
): Promise<void> {
  const { rows } = await sql`
    insert into content_block (id, organisation_id, name, source, version, architecture, reason, created_at, created_by)
    values (${id}, ${organisationId}, ${name}, ${source}, ${version}, ${architecture ?? null}, ${reason},
      ${context.clock()}, ${actor})
    on conflict do nothing returning id`.execute(within);
  if (rows.length === 0)
    throw new HttpProblem(409, 'already-blocked', { detail: `${name} ${version} is blocked already.` });
  // What an order could not carry would be held up here only after a plan; better to be told at once.
  if ((await blocksForOrders(within, organisationId)).length >= BLOCKS_LIMIT)
    throw new HttpProblem(409, 'too-many-blocks', {
      detail: `There are ${BLOCKS_LIMIT} blocked packages, as many as an order can carry.`,
      hint: 'Lift blocks of versions that no repository and no endpoint has any more.',
    });
}

function stated({
  name,
  source = false,
  version,
  architecture = null,
  reason,
}: {
  readonly name: string;
  readonly source?: boolean;
  readonly version: string;
  readonly architecture?: string | null;
  readonly reason: string;
}): Readonly<Record<string, string | boolean | null>> {
  return { name, source, version, architecture, reason };
}

function inWords(recalled: readonly RecalledOrder[]): string {
  if (recalled.length === 0) return 'no order with it was under way';
  const stopped = recalled.filter(({ ending }) => ending !== 'too-late').length;
  const late = recalled.filter(({ ending }) => ending === 'too-late').map(({ hostname }) => hostname);
  const named = late.length > 10 ? `${late.slice(0, 10).join(', ')} and ${late.length - 10} more` : late.join(', ');
  const tooLate = late.length === 0 ? '' : `, ${late.length} past the point of no return (${named})`;
  return `${stopped} ${stopped === 1 ? 'order' : 'orders'} stopped${tooLate}`;
}
