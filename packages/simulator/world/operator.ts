import type { Random } from '../random/random.ts';
import { blockVersion } from './server/blocks.ts';
import { rolloutOf, type Transaction } from './server/database.ts';
import { withdraw } from './server/rollout-actions.ts';
import type { RolloutRow, Rows, TargetRow } from './server/rows.ts';
import { PEOPLE } from './scenario/draw-policy.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { OperatorAct } from './world-event.ts';

/** Something that a person could do at any moment, wise or not. */
export function drawAct(random: Random, { endpoints, policy, patches }: Scenario): OperatorAct {
  const ring = random.between(0, policy.rings.length - 1);
  const { id: endpointId } = random.pick(endpoints);
  switch (random.between(0, 11)) {
    case 0:
    case 1:
      return { kind: 'halt' };
    case 2:
    case 3:
    case 4:
      return { kind: 'resume' };
    case 5:
      return { kind: 'approve', who: random.pick(PEOPLE), ring: random.chance(0.5) ? null : ring };
    case 6:
      return { kind: random.pick(['hold', 'hold', 'release'] as const), endpointId };
    case 7:
      return { kind: 'release', endpointId };
    case 8:
      return { kind: random.pick(['retry', 'roll-back'] as const), endpointId };
    case 9: {
      const { name, to } = random.pick(patches);
      return random.chance(0.3) ? { kind: 'block', version: `${name} ${to}` } : { kind: 'resume' };
    }
    case 10:
      return random.chance(0.3) ? { kind: 'skip-gate', ring } : { kind: 'resume' };
    default:
      return random.chance(0.2) ? { kind: 'roll-back-ring', ring } : { kind: 'resume' };
  }
}

/** A gate that has not been passed for so long is passed by people: a weekly window has come. */
const STUCK_MS = 10 * 86_400_000;

/**
 * After the faults people answer what they are asked: they approve, release, plan anew without what was recalled, resume, and
 * pass gates that nothing else can pass. null: nobody waits for them.
 */
export function drawAnswer(rows: Rows, scenario: Scenario, nowMs: number): OperatorAct | null {
  const { policy, endpoints } = scenario;
  const rollout = rolloutOf(rows);
  const { state, cancelled, approvedBy, halt, rings, plan } = rollout;
  if (state !== 'running' || cancelled) return null;
  const held = endpoints.find(({ id }) => (rows.members.get(id)?.hold ?? null) !== null);
  if (held !== undefined) return { kind: 'release', endpointId: held.id };
  if (approvedBy.length < policy.approvals.required) return { kind: 'approve', who: missing(approvedBy), ring: null };
  if (rings.some(({ rollBack }) => rollBack !== null) || isUsedUp(rollout, scenario, nowMs)) return { kind: 'cancel' };
  const ring = rings.findIndex(({ passedAtMs }) => passedAtMs === null);
  const facts = rings[ring];
  if (halt !== null)
    return facts === undefined || facts.openedAtMs === null || facts.skippedBy !== null
      ? { kind: 'resume' }
      : { kind: 'skip-gate', ring };
  const blocked = plan?.assignments.find(({ wait }) => wait?.kind === 'blocked');
  if (blocked !== undefined) return { kind: 'retry', endpointId: blocked.endpointId };
  const rule = policy.rings[ring];
  if (facts === undefined || rule === undefined || facts.openedAtMs === null) return null;
  if (facts.approvedBy.length < rule.gate.approvals) return { kind: 'approve', who: missing(facts.approvedBy), ring };
  return facts.skippedBy === null && nowMs - facts.openedAtMs > STUCK_MS ? { kind: 'skip-gate', ring } : null;
}

/** Endpoints that failed and are not put back use a budget up for ever: then nothing goes on until people end it. */
function isUsedUp({ plan, rings }: RolloutRow, { policy }: Scenario, nowMs: number): boolean {
  const openedAtMs = Math.max(0, ...rings.map((ring) => ring.openedAtMs ?? 0));
  return (
    policy.budgets.length > 0 &&
    nowMs - openedAtMs > 2 * STUCK_MS &&
    (plan?.assignments ?? []).some(({ wait }) => wait?.kind === 'failed')
  );
}

function missing(approvedBy: readonly string[]): string {
  return PEOPLE.find((who) => !approvedBy.includes(who)) ?? PEOPLE[0];
}

/** In a transaction that has the rollout's row. */
export function doAct(rows: Rows, transaction: Transaction, act: OperatorAct, nowMs: number): void {
  const rollout = rolloutOf(rows);
  if (rollout.state !== 'running') return;
  const change = (more: Partial<RolloutRow>): void => transaction.put('rollout', 'rollout', { ...rollout, ...more });
  const changeRing = (ring: number, more: Partial<RolloutRow['rings'][number]>): void =>
    change({ rings: rollout.rings.map((each, at) => (at === ring ? { ...each, ...more } : each)) });
  const ask = (endpointId: string, request: TargetRow['request']): void => {
    const target = rows.targets.get(endpointId);
    if (target !== undefined && target.request === null) transaction.put('targets', endpointId, { ...target, request });
  };
  transaction.tell({ kind: 'operator', act });
  switch (act.kind) {
    case 'halt':
      if (rollout.halt !== null) return;
      change({ halt: { by: 'ada', why: 'she said so', atMs: nowMs } });
      withdraw(rows, transaction);
      return;
    case 'resume':
      change({ halt: null });
      return;
    case 'cancel':
      change({ cancelled: true });
      withdraw(rows, transaction);
      return;
    case 'approve': {
      const { ring, who } = act;
      if (ring === null) change({ approvedBy: [...new Set([...rollout.approvedBy, who])] });
      else changeRing(ring, { approvedBy: [...new Set([...(rollout.rings[ring]?.approvedBy ?? []), who])] });
      return;
    }
    case 'skip-gate':
      changeRing(act.ring, { skippedBy: 'ada' });
      return;
    case 'roll-back-ring':
      changeRing(act.ring, { rollBack: { by: 'ada', atMs: nowMs } });
      return;
    case 'hold':
    case 'release': {
      const member = rows.members.get(act.endpointId);
      const hold = act.kind === 'hold' ? { why: 'ada holds it', untilMs: null } : null;
      if (member !== undefined) transaction.put('members', act.endpointId, { ...member, hold });
      return;
    }
    case 'retry':
    case 'roll-back':
      ask(act.endpointId, act.kind);
      return;
    case 'block':
      blockVersion(rows, transaction, act.version, nowMs);
      return;
    default:
      act satisfies never;
  }
}
