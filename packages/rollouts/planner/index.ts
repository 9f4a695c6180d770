export { createPlanner, plan, type Planner } from './create-planner.ts';
export type { MemberFacts, MemberProgress, PatchFacts, PlanInput, RingFacts, RolloutFacts } from './facts.ts';
export { approvalsOf } from './gate.ts';
export { lint } from './lint/lint.ts';
export type { Finding } from './lint/case.ts';
export type {
  Assignment,
  DeadlineMiss,
  Plan,
  PlanFunction,
  PlanReport,
  RingReport,
  RolloutAction,
  Slot,
} from './plan.ts';
export { RULES, type PlannerRules } from './rules.ts';
export { standingOf, type Standing } from './standing.ts';
export type { GateWait, Wait } from './wait.ts';
export { gateInWords, IN_UTC, waitInWords } from './words.ts';
