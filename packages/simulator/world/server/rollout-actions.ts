import type { RingFacts, RolloutAction } from '@thimble/rollouts';
import { blockVersion, versionsOf } from './blocks.ts';
import { rolloutOf, type Transaction } from './database.ts';
import type { RolloutRow, Rows, TargetRow } from './rows.ts';

const NEW_TARGET = { approvedDigest: null, startBeforeMs: null, dropped: null, request: null } as const;

/** Does what a plan says, in the transaction in which its input was read. */
export function doAction(rows: Rows, transaction: Transaction, action: RolloutAction, nowMs: number): void {
  const change = (more: Partial<RolloutRow>): void =>
    transaction.put('rollout', 'rollout', { ...rolloutOf(rows), ...more });
  const changeRing = (ring: number, more: Partial<RingFacts>): void =>
    change({ rings: rolloutOf(rows).rings.map((each, at) => (at === ring ? { ...each, ...more } : each)) });
  const changeTarget = (endpointId: string, more: Partial<TargetRow>): void => {
    const target = rows.targets.get(endpointId);
    if (target !== undefined) transaction.put('targets', endpointId, { ...target, ...more });
  };
  transaction.tell({ kind: 'acted', action });
  switch (action.kind) {
    case 'ask':
      if (!rows.targets.has(action.endpointId))
        transaction.put('targets', action.endpointId, { endpointId: action.endpointId, ...NEW_TARGET });
      return;
    case 'try':
      changeTarget(action.endpointId, { request: 'trial' });
      return;
    case 'pre-stage':
    case 'retry':
    case 'roll-back':
      changeTarget(action.endpointId, { request: action.kind });
      return;
    case 'restart-services':
      changeTarget(action.endpointId, { request: action.kind, startBeforeMs: action.startBeforeMs });
      return;
    case 'reboot': {
      changeTarget(action.endpointId, { request: action.kind, startBeforeMs: action.startBeforeMs });
      const member = rows.members.get(action.endpointId);
      if (member !== undefined) transaction.put('members', action.endpointId, { ...member, rebootedAtMs: nowMs });
      return;
    }
    case 'apply':
      changeTarget(action.endpointId, {
        approvedDigest: action.transactionDigest,
        startBeforeMs: action.startBeforeMs,
      });
      return;
    case 'open-ring':
      changeRing(action.ring, { openedAtMs: nowMs });
      return;
    case 'pass-gate':
      changeRing(action.ring, { passedAtMs: nowMs });
      return;
    case 'halt':
      change({ halt: { by: 'planner', why: action.why, atMs: nowMs } });
      withdraw(rows, transaction);
      return;
    case 'roll-back-ring':
      changeRing(action.ring, { rollBack: { by: 'planner', atMs: nowMs } });
      return;
    case 'block':
      for (const endpointId of action.endpointIds)
        for (const version of installedBy(rows, endpointId)) blockVersion(rows, transaction, version, nowMs);
      return;
    case 'finish':
      change({ state: action.state });
      return;
    default:
      action satisfies never;
  }
}

/** Nothing that has not begun begins any more, as `deploy/rollout-run` of the server has it; what goes back goes back. */
export function withdraw(rows: Rows, transaction: Transaction): void {
  for (const [endpointId, target] of rows.targets) {
    const isOpen = (rows.orders.get(endpointId) ?? []).some(
      ({ kind, result, closed }) => kind === 'apply' && result === null && closed === null,
    );
    if (target.request === 'roll-back') continue;
    if (target.approvedDigest === null && target.request === null && !isOpen) continue;
    transaction.put('targets', endpointId, {
      ...target,
      request: 'cancel',
      approvedDigest: null,
      startBeforeMs: null,
    });
  }
}

function installedBy(rows: Rows, endpointId: string): readonly string[] {
  const order = rows.orders.get(endpointId)?.findLast(({ kind }) => kind === 'apply');
  return order === undefined ? [] : versionsOf(order);
}
