import { type MemberProgress, type Slot, type Standing, type Wait, waitInWords } from '@thimble/rollouts';

/** What a plan says of one member, as it is written down. */
export interface MemberReport {
  readonly endpointId: string;
  readonly outcome: Standing;
  readonly explanation: string;
  readonly wait: Wait | null;
  readonly slot: Slot | null;
  readonly generation: number;
}

/**
 * Equal if a person would read the same. Of a wait for a ring neither how far that is nor when it opens counts: that stands with the ring,
 * and changes for all who wait with every result elsewhere.
 */
export function memberText({ outcome, explanation, wait, slot, generation }: MemberReport): string {
  const untilMs = wait === null || wait.kind === 'ring' ? null : wait.untilMs;
  return JSON.stringify([outcome, explanation, wait?.kind, untilMs, slot?.startMs, slot?.startBeforeMs, generation]);
}

/** What a member waits for, or what became of it. How far its ring is stands with the ring: it changes with every result elsewhere. */
export function explainMember(wait: Wait | null, progress: MemberProgress): string {
  if (wait === null) return progressInWords(progress);
  switch (wait.kind) {
    case 'ring':
      return `waits for ring ${wait.ring}`;
    case 'at-once':
      return `waits for its turn: at most ${wait.atMost} of its ring at once`;
    case 'budget':
      return `waits for a budget: at most ${wait.atMost} of ${wait.group} at once`;
    default:
      return waitInWords(wait);
  }
}

function progressInWords(progress: MemberProgress): string {
  switch (progress.kind) {
    case 'not-asked':
      return 'is asked for its transaction';
    case 'planning':
      return 'works out its exact transaction';
    case 'planned':
      return 'its next step begins';
    case 'working':
      return `works on its order (${progress.order})`;
    case 'waits-for-consent':
      return 'is installed; people there are asked whether it may reboot';
    case 'waits-for-reboot':
      return 'is installed, and effective with its next reboot';
    case 'waits-for-restart':
      return 'is installed, and effective when what runs the old code was restarted';
    case 'effective':
      return 'is patched, verified';
    case 'nothing-to-do':
      return 'had nothing to do';
    case 'failed':
      return `failed: ${progress.message}`;
    case 'rolled-back':
      return 'was put back to what it had before';
    case 'left-out':
      return progress.why;
  }
}
