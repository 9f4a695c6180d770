import type { MemberFacts, PlanInput, RolloutFacts } from '../facts.ts';
import type { Plan, RolloutAction } from '../plan.ts';

/** A rule that the plan breaks: where and how. */
export interface Finding {
  readonly rule: string;
  /** null: it is about the rollout. */
  readonly endpointId: string | null;
  readonly message: string;
}

export type EndpointAction = Extract<RolloutAction, { readonly endpointId: string }>;

/** A plan beside the facts that it was made from. */
export interface Case {
  readonly plan: Plan;
  readonly input: PlanInput;
  readonly rollout: RolloutFacts;
  readonly nowMs: number;
  readonly actions: readonly { readonly action: EndpointAction; readonly member: MemberFacts }[];
  /** Actions on endpoints that are no members. */
  readonly strangers: readonly EndpointAction[];
}

export function lookAt(plan: Plan, input: PlanInput): Case {
  const { rollout, nowMs } = input;
  const all = plan.actions.filter((action): action is EndpointAction => 'endpointId' in action);
  const named = new Set(all.map(({ endpointId }) => endpointId));
  const members = rollout.members.filter(({ endpointId }) => named.has(endpointId));
  const memberOf = new Map(members.map((member) => [member.endpointId, member]));
  const actions = all.flatMap((action) => {
    const member = memberOf.get(action.endpointId);
    return member === undefined ? [] : [{ action, member }];
  });
  const strangers = all.filter(({ endpointId }) => !memberOf.has(endpointId));
  return { plan, input, rollout, nowMs, actions, strangers };
}

/** Whether an order that changes it was, or may have been, at work there. */
export function wasChanged({ progress }: MemberFacts): boolean {
  if (progress.kind === 'failed') return progress.unknown || progress.before === null;
  return ['working', 'waits-for-consent', 'waits-for-reboot', 'waits-for-restart', 'effective', 'rolled-back'].includes(
    progress.kind,
  );
}

/** What takes an endpoint out, for a while or for good. */
export function isOut(member: MemberFacts): boolean {
  const { progress, busyWith } = member;
  if (progress.kind === 'failed') return wasChanged(member);
  return progress.kind === 'working' || busyWith !== null;
}

export function inNumbers(
  amount: { readonly kind: 'count'; readonly count: number } | { readonly kind: 'percent'; readonly percent: number },
  of: number,
): number {
  if (amount.kind === 'count') return amount.count;
  const share = Math.ceil((amount.percent * of) / 100);
  return amount.percent > 0 && share < 1 ? 1 : share;
}
