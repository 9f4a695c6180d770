import type { ContentSource, OrderBody, Transaction as PackageTransaction } from '@thimble/protocol';
import { advanceTarget, type TargetAction, type TargetFacts } from '@thimble/rollouts';
import { changeOf, transactionOf } from '../agent/machine.ts';
import { digestOf, SNAPSHOT_ID } from '../identity.ts';
import type { Scenario, ScenarioEndpoint } from '../scenario/scenario.ts';
import type { Transaction } from './database.ts';
import { runFacts, targetFacts } from './facts.ts';
import { issueOrder, putOrder } from './issue-order.ts';
import type { ServerFlaws } from './flaws.ts';
import type { OrderRow, Rows, TargetRow } from './rows.ts';

/** Orders may follow one another at once, but never for long: as in `deploy/advance` of the server. */
const PASSES_LIMIT = 4;

const CONTENT: ContentSource = {
  snapshotId: SNAPSHOT_ID,
  snapshotName: 'snapshot',
  repositories: [
    {
      revisionId: SNAPSHOT_ID,
      format: 'apt',
      uris: ['http://archive.example/debian'],
      suite: 'bookworm',
      components: ['main'],
      metadataPath: 'dists/bookworm/InRelease',
      metadataSha256: 'd'.repeat(64),
      date: null,
    },
  ],
};

/** Moves endpoints of the run on as far as they go now. @returns what was done. */
export function advanceTargets(acting: Acting, endpoints: readonly ScenarioEndpoint[]): readonly TargetAction[] {
  const { rows, scenario, nowMs, flaws } = acting;
  const done: TargetAction[] = [];
  for (const endpoint of endpoints) {
    for (let pass = 0; pass < PASSES_LIMIT; pass += 1) {
      const target = targetFacts(rows, endpoint);
      if (target === null) break;
      const known = flaws.forgetsBlocks === true ? withoutBlocks(target) : target;
      const { actions } = advanceTarget(known, runFacts(rows, scenario), nowMs);
      for (const action of actions) act(action, acting);
      if (actions.length === 0) break;
      done.push(...actions);
    }
  }
  return done;
}

function withoutBlocks(target: TargetFacts): TargetFacts {
  return { ...target, orders: target.orders.map((order) => ({ ...order, blocked: [] })) };
}

export interface Acting {
  readonly rows: Rows;
  readonly transaction: Transaction;
  readonly scenario: Scenario;
  readonly nowMs: number;
  readonly flaws: ServerFlaws;
}

export function act(action: TargetAction, acting: Acting): void {
  const { rows, transaction, scenario, nowMs, flaws } = acting;
  const { endpointId } = action;
  const target = rows.targets.get(endpointId);
  if (target === undefined) return;
  const put = (change: Partial<TargetRow>): void => transaction.put('targets', endpointId, { ...target, ...change });
  const issue = (body: OrderBody, startBeforeMs: number | null = null): void =>
    issueOrder(rows, transaction, {
      endpointId,
      body,
      startBeforeMs,
      nowMs,
      checkInIntervalMs: scenario.checkInIntervalMs,
    });
  const blocked = flaws.forgetsBlocks === true ? [] : [...rows.blocks.keys()];
  const blocks = blocked.map((text) => {
    const [name = '', version = ''] = text.split(' ');
    return { name, architecture: null, version, reason: 'recalled' };
  });
  switch (action.kind) {
    case 'issue-plan-order':
      put({ dropped: null });
      issue({ kind: 'plan', selection: { kind: 'all' }, content: CONTENT, blocks });
      return;
    case 'issue-apply-order': {
      const planned = plannedTransaction(rows, endpointId, action.planOrderId);
      const startBeforeMs = flaws.forgetsStartBefore === true ? null : target.startBeforeMs;
      // What is approved is approved for one installation.
      put({ approvedDigest: null, startBeforeMs: null });
      const { restartServices } = scenario.policy.deploy;
      issue({ kind: 'apply', ...planned, restartServices, content: CONTENT, blocks }, startBeforeMs);
      return;
    }
    case 'issue-trial-order': {
      const planned = plannedTransaction(rows, endpointId, action.planOrderId);
      const rules = { checks: [], deadlineSeconds: 1800, diskBytes: 1_000_000, memoryBytes: 1_000_000 };
      issue({ kind: 'trial', ...planned, content: CONTENT, blocks, rules });
      return;
    }
    case 'issue-pre-stage-order': {
      const planned = plannedTransaction(rows, endpointId, action.planOrderId);
      issue({ kind: 'pre-stage', ...planned, content: CONTENT, blocks, bytesPerSecond: null });
      return;
    }
    case 'issue-reboot-order':
      issue({ kind: 'reboot', reason: 'what was installed is not effective before' }, target.startBeforeMs);
      return;
    case 'issue-restart-order':
      issue({ kind: 'restart-services' }, target.startBeforeMs);
      return;
    case 'issue-rollback-order':
      issue(undoOf(rows, endpointId, action.undoes));
      return;
    case 'stop-order':
      stopOrder(rows, transaction, endpointId, action.orderId, nowMs);
      return;
    case 'close-order': {
      const order = orderOf(rows, endpointId, action.orderId);
      if (order === undefined || order.result !== null || order.closed !== null) return;
      putOrder(rows, transaction, endpointId, { ...order, closed: { reason: action.reason, atMs: nowMs } });
      transaction.tell({ kind: 'closed', endpointId, orderId: order.id, reason: action.reason });
      return;
    }
    case 'drop-target':
      put({ dropped: action.reason });
      return;
    case 'clear-request':
      put({ request: null });
      return;
    default:
      action satisfies never;
  }
}

/** Withdraws what was not fetched, else asks the endpoint to stop. */
export function stopOrder(
  rows: Rows,
  transaction: Transaction,
  endpointId: string,
  orderId: string,
  nowMs: number,
): void {
  const order = orderOf(rows, endpointId, orderId);
  if (order === undefined || order.result !== null || order.closed !== null) return;
  if (order.deliveredAtMs === null) {
    const closed = { reason: 'cancelled', atMs: nowMs } as const;
    putOrder(rows, transaction, endpointId, { ...order, cancelRequestedAtMs: nowMs, closed });
    transaction.tell({ kind: 'closed', endpointId, orderId, reason: 'cancelled' });
  } else if (order.cancelRequestedAtMs === null)
    putOrder(rows, transaction, endpointId, { ...order, cancelRequestedAtMs: nowMs });
}

export function orderOf(rows: Rows, endpointId: string, orderId: string): OrderRow | undefined {
  return rows.orders.get(endpointId)?.find(({ id }) => id === orderId);
}

function plannedTransaction(
  rows: Rows,
  endpointId: string,
  planOrderId: string,
): { readonly transaction: PackageTransaction; readonly transactionDigest: string } {
  const result = orderOf(rows, endpointId, planOrderId)?.outcome?.result;
  if (result?.kind !== 'planned') throw new Error(`order ${planOrderId} has no planned transaction`);
  return { transaction: result.transaction, transactionDigest: result.transactionDigest };
}

function undoOf(rows: Rows, endpointId: string, undoes: string): Extract<OrderBody, { kind: 'rollback' }> {
  const body = orderOf(rows, endpointId, undoes)?.order.body;
  if (body?.kind !== 'apply') throw new Error(`order ${undoes} installed nothing`);
  const changes = body.transaction.changes.map(({ name, from, to }) => changeOf(name, to ?? '', from ?? ''));
  const transaction = transactionOf(changes);
  return { kind: 'rollback', undoes, transaction, transactionDigest: digestOf(transaction), restartServices: true };
}
