import type { ApproverSet } from '@thimble/protocol';

/** `2 of Ada, Bob, Cyd`. */
export function setInWords({ threshold, approvers }: Pick<ApproverSet, 'threshold' | 'approvers'>): string {
  return `${threshold} of ${approvers.length === 0 ? 'nobody' : approvers.map(({ name }) => name).join(', ')}`;
}
