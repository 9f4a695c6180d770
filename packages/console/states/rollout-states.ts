import type { RingState, RolloutMember, RolloutState, WhyNotPatched } from '@thimble/protocol';
import type { StateLook } from './endpoint-states.ts';

export const ROLLOUT_STATES: Readonly<Record<RolloutState, StateLook>> = {
  preparing: { label: 'Preparing', tone: 'busy', meaning: 'its content is frozen and its endpoints are gathered' },
  'awaiting-approval': {
    label: 'Awaiting approval',
    tone: 'notice',
    meaning: 'nothing begins before enough people approved',
  },
  running: { label: 'Running', tone: 'busy', meaning: 'goes from ring to ring' },
  halted: { label: 'Halted', tone: 'danger', meaning: 'nothing new begins until somebody resumes it' },
  'rolling-back': { label: 'Rolling back', tone: 'busy', meaning: 'endpoints go back to the versions before' },
  'rolled-back': { label: 'Rolled back', tone: 'quiet', meaning: 'back at the versions before' },
  finished: { label: 'Finished', tone: 'good', meaning: 'every ring has passed' },
  cancelled: { label: 'Cancelled', tone: 'quiet', meaning: 'ended before it was through' },
};
export const ROLLOUT_STATE_ORDER = Object.keys(ROLLOUT_STATES) as RolloutState[];

export const RING_STATES: Readonly<Record<RingState, StateLook>> = {
  waiting: { label: 'Waiting', tone: 'quiet', meaning: 'the ring before has not passed' },
  open: { label: 'Open', tone: 'busy', meaning: 'its endpoints are patched in their windows' },
  soaking: { label: 'Soaking', tone: 'wait', meaning: 'all are patched; it is watched for a while' },
  gate: { label: 'At the gate', tone: 'notice', meaning: 'something is missing before the next ring' },
  passed: { label: 'Passed', tone: 'good', meaning: 'the next ring may begin' },
  halted: { label: 'Halted', tone: 'danger', meaning: 'nothing new begins in it' },
  'rolling-back': { label: 'Rolling back', tone: 'busy', meaning: 'goes back to the versions before' },
  'rolled-back': { label: 'Rolled back', tone: 'quiet', meaning: 'back at the versions before' },
};

type MemberOutcome = RolloutMember['outcome'];

export const MEMBER_OUTCOMES: Readonly<Record<MemberOutcome, StateLook>> = {
  failed: { label: 'Failed', tone: 'failed', meaning: 'it failed, or its end is unknown' },
  busy: { label: 'Busy', tone: 'busy', meaning: 'it is worked on' },
  waiting: { label: 'Waiting', tone: 'wait', meaning: 'it waits, and says for what' },
  offline: { label: 'Offline', tone: 'notice', meaning: 'it does not answer, and catches up in its next window' },
  done: { label: 'Done', tone: 'good', meaning: 'installed and effective, or nothing to do' },
  'left-out': { label: 'Left out', tone: 'quiet', meaning: 'it gets nothing from this rollout' },
};
export const MEMBER_OUTCOME_ORDER = Object.keys(MEMBER_OUTCOMES) as MemberOutcome[];

export const TRIAL_STATES: Readonly<Record<NonNullable<RolloutMember['trial']>, StateLook>> = {
  'under-way': { label: 'Trying', tone: 'busy', meaning: 'the transaction runs on a throw-away clone' },
  passed: { label: 'Passed', tone: 'good', meaning: 'the transaction ran well on a throw-away clone' },
  failed: { label: 'Failed', tone: 'failed', meaning: 'the transaction failed on a throw-away clone' },
  impossible: { label: 'Impossible', tone: 'notice', meaning: 'no clone could be made; nothing was learned' },
};

export const WHY_STEPS: Readonly<Record<WhyNotPatched['steps'][number]['state'], StateLook>> = {
  passed: { label: 'Passed', tone: 'good', meaning: 'does not stand in the way' },
  waits: { label: 'Waits', tone: 'wait', meaning: 'this is what it waits for' },
  failed: { label: 'Failed', tone: 'failed', meaning: 'goes no further without help' },
  later: { label: 'Later', tone: 'quiet', meaning: 'comes after what it waits for' },
};
