import type {
  OrderProgress,
  Outcome,
  RunDetail,
  RunGroup,
  RunSummary,
  RunTarget,
  Transaction,
} from '@thimble/protocol';
import { advanceRun, groupByTransaction } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Tables } from '../storage/index.ts';
import { loadTargets, type RunRow, runFacts } from './load-targets.ts';

/** A run as it is now: the planner's own report, so that what is shown is what is decided by. */
export async function runDetail(within: Kysely<Tables>, context: ServerContext, run: RunRow): Promise<RunDetail> {
  const targets = await loadTargets(within, run.id, sql`true`, false);
  const facts = runFacts(run, context.settings.checkInIntervalS);
  const { report } = advanceRun({ run: facts, targets }, context.clock().getTime());
  const live = await readLive(within, run.id);
  const names = new Map(targets.map(({ endpointId, hostname }) => [endpointId, hostname]));
  const groups = groupByTransaction(report.targets);
  return {
    summary: { ...summaryOf(run, report.tally.counts), state: report.state, explanation: report.explanation },
    groups: await withTransactions(within, run.id, groups),
    targets: report.targets.map((target): RunTarget => {
      const { progress, outcome } = live.get(target.endpointId) ?? { progress: null, outcome: null };
      return {
        endpointId: target.endpointId,
        hostname: names.get(target.endpointId) ?? '',
        state: target.state,
        explanation: target.explanation,
        transactionDigest: target.transactionDigest,
        stage: progress?.stage ?? null,
        percent: progress?.percent ?? null,
        message: progress?.message ?? '',
        // Of a rollout's run nobody acts on a target past its rings and windows.
        actions: run.rollout_id === null ? [...target.actions] : [],
        outcome,
      };
    }),
  };
}

export function summaryOf(run: RunRow, counts: RunSummary['counts']): RunSummary {
  return {
    id: run.id,
    name: run.name,
    selection: run.selection,
    content:
      run.snapshot_id === null
        ? null
        : { snapshotId: run.snapshot_id, snapshotName: run.snapshot_name ?? run.snapshot_id },
    rollout: run.rollout_id === null ? null : { id: run.rollout_id, name: run.rollout_name ?? run.name },
    state: run.state as RunSummary['state'],
    explanation: run.explanation,
    createdAt: run.created_at.toISOString(),
    createdBy: run.created_by,
    approvedAt: run.approved_at?.toISOString() ?? null,
    approvedBy: run.approved_by,
    finishedAt: run.finished_at?.toISOString() ?? null,
    targetCount: run.target_count,
    counts,
  };
}

/** Progress of the order under way, and the newest outcome; a planned transaction stands in its group, not here. */
async function readLive(
  within: Kysely<Tables>,
  runId: string,
): Promise<ReadonlyMap<string, { readonly progress: OrderProgress | null; readonly outcome: Outcome | null }>> {
  const { rows } = await sql<{ endpoint_id: string; progress: OrderProgress | null; outcome: Outcome | null }>`
    select t.endpoint_id, newest.progress, ended.outcome
    from run_target t
    left join lateral (select case when o.outcome_at is null and o.closed_at is null then o.progress end as progress
      from endpoint_order o where o.run_id = t.run_id and o.endpoint_id = t.endpoint_id
      order by o.generation desc limit 1) newest on true
    left join lateral (select o.outcome from endpoint_order o
      where o.run_id = t.run_id and o.endpoint_id = t.endpoint_id and o.outcome_at is not null
        and o.result->>'kind' <> 'planned'
      order by o.generation desc limit 1) ended on true
    where t.run_id = ${runId}`.execute(within);
  return new Map(rows.map(({ endpoint_id: endpointId, progress, outcome }) => [endpointId, { progress, outcome }]));
}

async function withTransactions(
  within: Kysely<Tables>,
  runId: string,
  groups: readonly { readonly transactionDigest: string; readonly endpointIds: readonly string[] }[],
): Promise<RunGroup[]> {
  if (groups.length === 0) return [];
  const digests = groups.map(({ transactionDigest }) => transactionDigest);
  const { rows } = await sql<{ transaction_digest: string; transaction: Transaction }>`
    select distinct on (transaction_digest) transaction_digest, outcome->'result'->'transaction' as transaction
    from endpoint_order
    where run_id = ${runId} and kind = 'plan' and result->>'kind' = 'planned'
      and transaction_digest = any(${digests}::text[])
    order by transaction_digest, generation`.execute(within);
  const transactions = new Map(rows.map((row) => [row.transaction_digest, row.transaction]));
  return groups.flatMap(({ transactionDigest, endpointIds }) => {
    const transaction = transactions.get(transactionDigest);
    return transaction === undefined ? [] : [{ transactionDigest, endpointIds: [...endpointIds], transaction }];
  });
}
