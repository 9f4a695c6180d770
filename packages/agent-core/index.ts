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
export { acknowledge, advance, begin, finish, reject, type ActiveChange } from './desk/journal-changes.ts';
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
