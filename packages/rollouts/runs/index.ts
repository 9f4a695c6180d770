export { advanceRun, tallyTargets, type RunReport } from './advance-run.ts';
export { advanceTarget, type TargetAction, type TargetReport } from './advance-target.ts';
export { type ApproverStanding } from './approver-gate.ts';
export { availableActions } from './available-actions.ts';
export { diffTransactions, isEmptyDifference } from './diff-transactions.ts';
export { changeInWords, differenceInWords } from './difference-in-words.ts';
export { endpointCondition, endpointState, type EndpointFacts } from './endpoint-state.ts';
export { explainTarget, waitsInWords } from './explain-target.ts';
export type {
  ApprovalFacts,
  ApproverFacts,
  ClosedReason,
  OrderFacts,
  ResultFacts,
  RunFacts,
  TargetFacts,
  TargetRequest,
  VerificationFacts,
} from './facts.ts';
export { groupByTransaction, type TransactionGroup } from './group-by-transaction.ts';
export { isPastNoReturn } from './no-return.ts';
export { memberProgress } from './member-progress.ts';
export { outcomeFacts, verificationFacts } from './outcome-facts.ts';
export { isSilent, MISSED_CHECK_INS, orderLifetimeMs, patienceWith } from './patience.ts';
export { projectRun, tallyInWords, type RunTally } from './project-run.ts';
export { projectTarget, type TargetProjection } from './project-target.ts';
export { systemWaits } from './system-waits.ts';
