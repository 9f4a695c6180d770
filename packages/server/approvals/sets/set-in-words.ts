import type { ApproverSet } from '@thimble/protocol';

/** `2 of Ada, Bob, Cyd`, and how many of them by key files. */
export function setInWords({
  threshold,
  keyFilesAtLeast = 0,
  approvers,
}: Pick<ApproverSet, 'threshold' | 'keyFilesAtLeast' | 'approvers'>): string {
  const people = approvers.length === 0 ? 'nobody' : approvers.map(({ name }) => name).join(', ');
  return `${threshold} of ${people}${keyFilesAtLeast === 0 ? '' : `, at least ${keyFilesAtLeast} by key file`}`;
}
