export {
  step,
  wakeAtMs,
  type AgentEvent,
  type AgentState,
  type Effect,
  type Enrolled,
  type Failure,
  type Moment,
  type Step,
} from './contact/machine.ts';
export { forgetCancellations, heedCancellations } from './desk/cancellations.ts';
export {
  acknowledge,
  advance,
  begin,
  finish,
  reject,
  type ActiveChange,
  type OrderEnd,
} from './desk/journal-changes.ts';
export {
  EMPTY_JOURNAL,
  isCommitted,
  undelivered,
  type ActiveOrder,
  type JournalState,
  type KeepsPackages,
  type RebootRequest,
  type RejectedCounts,
} from './desk/journal-state.ts';
export { judgeOpened, type JudgedBy, type Verdict } from './desk/judge.ts';
export { failedResult, givenUp, reopening } from './desk/reopen.ts';
export type { ApprovalUse, UseEnd } from './trust/approval-uses.ts';
export { heedNews } from './trust/heed-news.ts';
export { OPEN_GATE, type ApproversDemand, type TrustGate } from './trust/judge-approval.ts';
export { countRefused, type NewsJudge, type Told } from './trust/news.ts';
export { orderKeysOf, orderKeysSequence } from './trust/order-keys.ts';
export { staleTime } from './trust/server-time.ts';
export {
  demandedSignatures,
  EMPTY_TRUST,
  haltReason,
  type PinnedApprovers,
  type TrustState,
} from './trust/trust-state.ts';
