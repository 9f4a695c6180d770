export type { MemberFacts, MemberProgress, PatchFacts, PlanInput, RingFacts, RolloutFacts } from './facts.ts';
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
export type { GateWait, Wait } from './wait.ts';
