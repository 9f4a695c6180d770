import {
  type ApprovalState,
  type ApprovedAction,
  type ApproverSetEntry,
  countSignatures,
  signaturesInWords,
  type StatementProgress,
} from '@thimble/protocol';
import type { StateLook } from '../states/endpoint-states.ts';

export const APPROVAL_STATES: Readonly<Record<ApprovalState, StateLook>> = {
  open: { label: 'To be signed', tone: 'wait', meaning: 'waits for approvers’ signatures' },
  granted: { label: 'Signed', tone: 'good', meaning: 'enough approvers have signed: its orders may go out' },
  expired: { label: 'Expired', tone: 'failed', meaning: 'its time is over' },
  withdrawn: { label: 'Withdrawn', tone: 'quiet', meaning: 'nothing needs it any more' },
};

export const SET_STATES: Readonly<Record<ApproverSetEntry['state'], StateLook>> = {
  proposed: { label: 'Proposed', tone: 'wait', meaning: 'waits for signatures of the present approvers' },
  active: { label: 'In force', tone: 'good', meaning: 'these people sign' },
  replaced: { label: 'Replaced', tone: 'quiet', meaning: 'a later version holds' },
  withdrawn: { label: 'Withdrawn', tone: 'quiet', meaning: 'it was taken back before enough people signed it' },
};

export const ACTION_WORDS: Readonly<Record<ApprovedAction, string>> = {
  trial: 'try it on a clone',
  apply: 'install it',
  rollback: 'go back',
  'restart-services': 'restart services',
  reboot: 'reboot',
};

/** `2 of 2 (Ada, Bob), a key file is still missing`. */
export function progressInWords(progress: StatementProgress): string {
  const names = progress.signed.map(({ name }) => name).join(', ');
  return signaturesInWords(progress, countSignatures(progress.signed), names === '' ? '' : ` (${names})`);
}
