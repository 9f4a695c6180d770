import type { ApprovedAction, Transaction } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { appendEvidence, type NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { publishTrust } from '../publish-trust.ts';
import { demandingSet } from '../sets/active-set.ts';
import { insertRequest, type NewRequest, type Scope } from './insert-request.ts';

/** The run that something is asked for, as its reconciler has read and locked it. */
export interface AskingRun {
  readonly id: string;
  readonly organisation_id: string;
  readonly name: string;
  readonly snapshot_id: string | null;
  readonly created_by: string;
  readonly approved_by: string | null;
}

/** What undoes an order on one endpoint, exactly; what it names by digest is the planner's own, of the order that is undone. */
export type UndoTransaction = (
  endpointId: string,
  undoneDigest: string,
) => Promise<{ readonly transaction: Transaction; readonly transactionDigest: string }>;

/** Plans of one run come in one by one: people are asked once for all of them, or after this for those that are there. */
const GATHER_MS = 120_000;

const INSTALLATION: readonly ApprovedAction[] = ['trial', 'apply', 'rollback', 'restart-services', 'reboot'];
const WAY_BACK: readonly ApprovedAction[] = ['rollback', 'restart-services'];
const FOLLOW_UP: readonly ApprovedAction[] = ['restart-services', 'reboot'];

interface UnaskedRow {
  readonly endpoint_id: string;
  readonly unasked_action: ApprovedAction;
  readonly unasked_digest: string | null;
  readonly unasked_since: Date;
}

/**
 * Makes requests of what targets of a run lack, in a transaction of its own that has locked the run: one for what is installed, with all that
 * follows from it, and one for ways back whose own approval does not allow them any more.
 */
export async function askApprovers(
  within: Kysely<Tables>,
  context: ServerContext,
  run: AskingRun,
  undo: UndoTransaction,
): Promise<void> {
  const { rows } = await sql<UnaskedRow>`
    select endpoint_id, unasked_action, unasked_digest, unasked_since from run_target
    where run_id = ${run.id} and unasked_since is not null order by endpoint_id`.execute(within);
  if (rows.length === 0 || (await demandingSet(within, run.organisation_id)) === null) return;
  if (await moreAreComing(within, context, run.id, rows)) return;
  const records: NewEvidence[] = [];
  const back = rows.filter(({ unasked_action: action }) => action === 'rollback');
  const forth = rows.filter(({ unasked_action: action }) => action !== 'rollback');
  if (forth.length > 0) {
    const scopes = forth.map(scopeOf);
    const actions = scopes.some(({ digest }) => digest !== null) ? INSTALLATION : FOLLOW_UP;
    const transactions = await planned(within, run.id, scopes);
    records.push(await insertRequest(within, context, run, { actions, scopes, transactions }));
  }
  if (back.length > 0) records.push(await insertRequest(within, context, run, await waysBack(back, undo)));
  await sql`update run_target set unasked_action = null, unasked_digest = null, unasked_since = null, under_way = true
    where run_id = ${run.id} and unasked_since is not null`.execute(within);
  await publishTrust(context, run.organisation_id, within);
  await appendEvidence(within, records);
}

async function moreAreComing(
  within: Kysely<Tables>,
  { clock }: ServerContext,
  runId: string,
  rows: readonly UnaskedRow[],
): Promise<boolean> {
  const firstMs = Math.min(...rows.map(({ unasked_since: since }) => since.getTime()));
  if (firstMs + GATHER_MS <= clock().getTime()) return false;
  const planning = await sql`select 1 from run_target where run_id = ${runId} and state = 'planning' limit 1`.execute(
    within,
  );
  return planning.rows.length > 0;
}

function scopeOf({ endpoint_id: endpointId, unasked_digest: digest }: UnaskedRow): Scope {
  return { endpointId, digest, plannedDigest: digest };
}

async function planned(
  within: Kysely<Tables>,
  runId: string,
  scopes: readonly Scope[],
): Promise<NewRequest['transactions']> {
  const digests = [...new Set(scopes.flatMap(({ digest }) => (digest === null ? [] : [digest])))];
  const { rows } = await sql<{ transaction_digest: string; transaction: Transaction }>`
    select distinct on (transaction_digest) transaction_digest, outcome->'result'->'transaction' as transaction
    from endpoint_order where run_id = ${runId} and kind = 'plan' and result->>'kind' = 'planned'
      and transaction_digest = any(${digests}::text[])
    order by transaction_digest, generation`.execute(within);
  return new Map(rows.map((row) => [row.transaction_digest, row.transaction]));
}

async function waysBack(rows: readonly UnaskedRow[], undo: UndoTransaction): Promise<NewRequest> {
  const scopes: Scope[] = [];
  const transactions = new Map<string, Transaction>();
  for (const { endpoint_id: endpointId, unasked_digest: plannedDigest } of rows) {
    const { transaction, transactionDigest: digest } = await undo(endpointId, plannedDigest ?? '');
    transactions.set(digest, transaction);
    scopes.push({ endpointId, digest, plannedDigest });
  }
  return { actions: WAY_BACK, scopes, transactions };
}
