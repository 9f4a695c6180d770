import type { ApproveRunRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { type Actor, assertOtherEyes } from '../access/index.ts';
import { lockBlocks } from '../acquire/index.ts';
import type { ServerContext } from '../context.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { concludeRun, publishRun } from './advance.ts';
import { readRun, type RunRow } from './load-targets.ts';

/**
 * Approves exactly the named transactions. Whoever planned something else is left out, and a name that is nobody's plan
 * any more refuses the whole approval: the approver saw something that is not there.
 */
export async function approveRun(
  context: ServerContext,
  operator: Actor,
  runId: string,
  { transactionDigests, restartServices }: ApproveRunRequest,
): Promise<void> {
  const digests = [...new Set(transactionDigests)];
  await context.database.kysely.transaction().execute(async (within) => {
    await lockBlocks(within, operator.organisationId, 'shared');
    const found = await readRun(within, runId, 'update');
    if (found === undefined || found.organisation_id !== operator.organisationId) throw unknownRun();
    assertOwn(found);
    await assertOtherEyes(context, within, operator, [`run:${runId}`]);
    // The reconciler may not have come round since the last plan came in; the approver has seen it already.
    await concludeRun(within, context, found);
    const run = (await readRun(within, runId, 'update')) ?? found;
    const { rows } = await sql<{ digest: string; count: number }>`
      select transaction_digest as digest, count(*) as count from run_target
      where run_id = ${runId} and needs_approval group by transaction_digest`.execute(within);
    if (run.state !== 'awaiting-approval' && (run.approved_at === null || rows.length === 0))
      throw new HttpProblem(409, 'not-awaiting-approval', { detail: `This run is ${run.state}: ${run.explanation}` });
    const present = new Map(rows.map((row) => [row.digest, row.count]));
    const gone = digests.filter((digest) => !present.has(digest));
    if (gone.length > 0)
      throw new HttpProblem(409, 'plan-changed', {
        detail: `No endpoint plans the transaction ${gone[0]} any more.`,
        hint: 'Look at the plans again and approve those.',
      });
    await assertNotBlocked(within, runId, digests);
    await sql`
      update run_target set under_way = true, needs_approval = false,
        approved_digest = case when transaction_digest = any(${digests}::text[]) then transaction_digest end,
        dropped = case when transaction_digest = any(${digests}::text[]) then null else 'not-approved' end
      where run_id = ${runId} and needs_approval`.execute(within);
    const now = context.clock();
    await sql`
      update run set approved_at = ${now}, approved_by = ${operator.name},
        restart_services = ${restartServices ?? true} where id = ${runId}`.execute(within);
    await publishRun(context, run, within);
    const count = digests.reduce((sum, digest) => sum + (present.get(digest) ?? 0), 0);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'run-approved',
        actor: operator.name,
        runId,
        summary: `${operator.name} approved ${digests.length} ${digests.length === 1 ? 'transaction' : 'transactions'} on ${count} ${count === 1 ? 'endpoint' : 'endpoints'}`,
        detail: { transactionDigests: digests, endpointCount: count, restartServices: restartServices ?? true },
      },
    ]);
  });
}

/** @throws HttpProblem 409 `blocked`, which names what was recalled */
async function assertNotBlocked(within: Kysely<Tables>, runId: string, digests: readonly string[]): Promise<void> {
  const { rows } = await sql<{ transaction_digest: string; blocked: string[] }>`
    select o.transaction_digest, o.blocked from run_target t
    join endpoint_order o on o.run_id = t.run_id and o.endpoint_id = t.endpoint_id and o.kind = 'plan'
      and o.transaction_digest = t.transaction_digest and o.blocked <> '{}'
    where t.run_id = ${runId} and t.needs_approval and t.transaction_digest = any(${digests}::text[]) limit 1`.execute(
    within,
  );
  const [found] = rows;
  if (found === undefined) return;
  throw new HttpProblem(409, 'blocked', {
    detail: `The transaction ${found.transaction_digest.slice(0, 12)} installs what was recalled: ${found.blocked.join(', ')}.`,
    hint: 'Retry its endpoints: they plan again without it. Or lift the block.',
    extra: { transactionDigest: found.transaction_digest, blocked: found.blocked.join(', ') },
  });
}

/** @throws HttpProblem 409 `run-of-rollout`: its rollout decides, by rings, windows and budgets */
export function assertOwn(run: Pick<RunRow, 'rollout_id' | 'rollout_name'>): void {
  if (run.rollout_id === null) return;
  throw new HttpProblem(409, 'run-of-rollout', {
    detail: `This run belongs to the rollout ${run.rollout_name ?? run.rollout_id}.`,
    hint: 'Act on the rollout: it keeps to rings, windows and budgets.',
  });
}

export function unknownRun(): HttpProblem {
  return new HttpProblem(404, 'unknown-run', { detail: 'There is no such run.' });
}
