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
