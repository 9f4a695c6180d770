export { assess, type AssessmentContext } from './assess.ts';
export type {
  Assessment,
  AssessmentGap,
  ClaimKey,
  ClaimRecord,
  Evidence,
  GapReason,
  Rule,
  Verdict,
} from './assessment.ts';
export type { Freshness } from './freshness.ts';
export { lookupKeys } from './lookup-keys.ts';
