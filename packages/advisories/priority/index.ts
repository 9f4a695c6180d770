export { exceptionFor, isExcepted, type ExceptableFinding, type RiskException } from './exception.ts';
export { mergedExploits } from './merged-exploits.ts';
export {
  nextPatches,
  type CandidateUpdate,
  type ChosenUpdate,
  type NextPatches,
  type OpenRisk,
} from './next-patches.ts';
export { applyOverride, type Override } from './override.ts';
export { prioritise } from './prioritise.ts';
export type { Decision, Priority, PriorityInput, PriorityStep, RuntimeExposure, SeverityLevel } from './priority.ts';
