import type { PlanInput } from '../facts.ts';
import type { Plan } from '../plan.ts';
import { actionsOnce, complete, generations } from './form.ts';
import { lookAt, type Case, type Finding } from './case.ts';
import { gates, ringOrder, stopped } from './order.ts';
import { allowedMoments, slots } from './moments.ts';
import { places } from './places.ts';
import { approved, held, reboots, rollBacks } from './permission.ts';

const CHECKS: readonly ((what: Case) => readonly Finding[])[] = [
  complete,
  actionsOnce,
  generations,
  stopped,
  ringOrder,
  gates,
  held,
  approved,
  rollBacks,
  reboots,
  allowedMoments,
  slots,
  places,
];

/**
 * Holds a plan against the rules again, before anything of it is done: written apart from the planner, so that a mistake would have to
 * be made twice. Empty: nothing speaks against it.
 */
export function lint(plan: Plan, input: PlanInput): readonly Finding[] {
  const what = lookAt(plan, input);
  return CHECKS.flatMap((check) => check(what));
}
