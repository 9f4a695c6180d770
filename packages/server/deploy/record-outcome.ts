import { canonicalJson, type OrderKind, Outcome } from '@thimble/protocol';
import { sha256, transactionSha256 } from '@thimble/protocol/signing';
import { outcomeFacts } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import { refreshEndpoint, scheduleFindings } from '../assess/index.ts';
import { lockBlocks } from '../acquire/index.ts';
import type { ServerContext } from '../context.ts';
import { knownMembers, publishEndpoint } from '../discover/index.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence, type NewEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { advanceTargets, publishRun } from './advance.ts';
import { readRun } from './load-targets.ts';

const onlyKnown = knownMembers(Outcome);

interface OrderRow {
  readonly kind: OrderKind;
  readonly generation: number;
  readonly delivered_at: Date | null;
  readonly outcome_sha256: string | null;
}

/**
 * Records the one end of an order. The same outcome again changes nothing; another one is refused, so what was recorded
 * stays what happened.
 *
 * @returns undefined when it was recorded before.
 */
export async function recordOutcome(
  context: ServerContext,
  sender: { readonly endpointId: string; readonly organisationId: string },
  received: Outcome,
): Promise<{ readonly kind: OrderKind } | undefined> {
  const outcome = onlyKnown(received);
  assertDigest(outcome);
  const digest = sha256(canonicalJson(outcome));
  const { kysely } = context.database;
  const { rows } = await sql<{ run_id: string | null }>`
    select run_id from endpoint_order where id = ${outcome.orderId} and endpoint_id = ${sender.endpointId}
      and organisation_id = ${sender.organisationId}`.execute(kysely);
  const [known] = rows;
  if (known === undefined) throw new HttpProblem(404, 'unknown-order', { detail: 'There is no such order.' });
  return kysely.transaction().execute(async (within) => {
    await lockBlocks(within, sender.organisationId, 'shared');
    // Target before order, as everywhere: the planner locks in this order too.
    if (known.run_id !== null)
      await sql`select 1 from run_target where run_id = ${known.run_id} and endpoint_id = ${sender.endpointId}
        for update`.execute(within);
    const order = await lockOrder(within, outcome);
    if (order.outcome_sha256 === digest) return undefined;
    assertOpen(order, outcome);
    await writeOutcome(within, context, sender.organisationId, outcome, digest);
    await scheduleFindings(within, sender.endpointId);
    await refreshEndpoint(within, context, sender.endpointId);
    await publishEndpoint(context, sender, within);
    const record = await evidenceOf(within, context, sender, known.run_id, order.kind, outcome, digest);
    const run = known.run_id === null ? undefined : await readRun(within, known.run_id, 'none');
    if (run === undefined) await appendEvidence(within, [record]);
    else {
      const which = sql`t.endpoint_id = ${sender.endpointId}`;
      await advanceTargets(within, context, run, which, 1, [record]);
      await publishRun(context, run, within);
    }
    return { kind: order.kind };
  });
}

/** What of a plan is blocked now is kept beside it; the caller holds the blocks' lock. */
async function writeOutcome(
  within: Kysely<Tables>,
  context: ServerContext,
  organisationId: string,
  outcome: Outcome,
  digest: string,
): Promise<void> {
  const result = outcomeFacts(outcome.result);
  const planned = result.kind === 'planned' ? result.transactionDigest : null;
  const blocked =
    planned === null
      ? sql`blocked`
      : sql`content_blocked(${organisationId}::uuid, given.outcome->'result'->'transaction'->'changes')`;
  await sql`
    with given as (select ${JSON.stringify(outcome)}::jsonb as outcome)
    update endpoint_order set outcome = given.outcome, outcome_sha256 = ${digest}, outcome_at = ${context.clock()},
      result = ${JSON.stringify(result)}::jsonb, blocked = ${blocked},
      transaction_digest = coalesce(transaction_digest, ${planned}::text)
    from given where id = ${outcome.orderId}`.execute(within);
}

/** What a person approves is the digest, so it must be the transaction's. */
function assertDigest({ result }: Outcome): void {
  if (result.kind === 'planned' && transactionSha256(result.transaction) !== result.transactionDigest)
    throw new HttpProblem(422, 'digest-mismatch', { detail: 'The digest is not the one of the planned transaction.' });
}

async function lockOrder(within: Kysely<Tables>, outcome: Outcome): Promise<OrderRow> {
  const { rows } = await sql<OrderRow>`
    select kind, generation, delivered_at, outcome_sha256 from endpoint_order
    where id = ${outcome.orderId} for update`.execute(within);
  const [order] = rows;
  if (order === undefined) throw new Error('orders are never deleted');
  return order;
}

function assertOpen(order: OrderRow, outcome: Outcome): void {
  if (order.generation !== outcome.generation)
    throw new HttpProblem(422, 'invalid-document', { detail: 'The outcome names another generation than its order.' });
  if (order.outcome_sha256 !== null)
    throw new HttpProblem(409, 'outcome-differs', {
      detail: 'Another outcome of this order is recorded; it stays.',
      extra: { recordedSha256: order.outcome_sha256 },
    });
  if (order.delivered_at === null)
    throw new HttpProblem(409, 'not-delivered', { detail: 'This order was never fetched by its endpoint.' });
}

async function evidenceOf(
  within: Kysely<Tables>,
  context: ServerContext,
  sender: { readonly endpointId: string; readonly organisationId: string },
  runId: string | null,
  kind: OrderKind,
  outcome: Outcome,
  outcomeSha256: string,
): Promise<NewEvidence> {
  const { rows } = await sql<{ hostname: string }>`
    select hostname from endpoint where id = ${sender.endpointId}`.execute(within);
  const hostname = rows[0]?.hostname ?? sender.endpointId;
  const facts = outcomeFacts(outcome.result);
  const same = {
    organisationId: sender.organisationId,
    at: context.clock(),
    actor: hostname,
    runId,
    endpointId: sender.endpointId,
  };
  const detail = { orderId: outcome.orderId, order: kind, outcomeSha256, result: facts };
  if (facts.kind === 'planned')
    return {
      ...same,
      kind: 'transaction-planned',
      summary: `${hostname} planned a transaction of ${facts.changeCount} changes`,
      detail: { ...detail, transactionDigest: facts.transactionDigest },
    };
  return {
    ...same,
    kind: 'outcome-recorded',
    summary: `${hostname}: order (${kind}) ended: ${inWords(facts)}`,
    detail,
  };
}

function inWords(facts: ReturnType<typeof outcomeFacts>): string {
  switch (facts.kind) {
    case 'refused':
    case 'failed':
      return `${facts.kind} (${facts.code}): ${facts.message}`.slice(0, 2000);
    case 'applied':
    case 'rebooted':
      return `${facts.kind}, ${facts.verification.effective ? 'verified effective' : 'not effective yet'}`;
    case 'pre-staged':
      return `${facts.kind}, ${facts.fetchedBytes} bytes`;
    case 'tried':
      return `trial ${facts.verdict}: ${facts.message}`.slice(0, 2000);
    case 'scanned':
    case 'planned':
    case 'cancelled':
      return facts.kind;
  }
}
