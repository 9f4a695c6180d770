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
