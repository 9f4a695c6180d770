import type { ApproverSet } from '../orders/approval.ts';
import { peopleWithKeyFile } from '../orders/signature-demand.ts';
import { approverKeyid, approverKeyObject } from './approver-key.ts';

/**
 * What is wrong with a set besides its schema; null: nothing. In a sound set each key belongs to one person, also when it
 * is there as a file's and as a passkey's, and enough people are there to reach the threshold.
 */
export function approverSetFlaw(set: ApproverSet): string | null {
  if ((set.version === 1) !== (set.previous === null)) return 'only version 1 has no version before';
  if (set.threshold > set.approvers.length)
    return `${set.threshold} signatures are demanded of ${set.approvers.length} people`;
  const { keyFilesAtLeast = 0 } = set;
  if (keyFilesAtLeast > set.threshold)
    return `${keyFilesAtLeast} of ${set.threshold} signatures are demanded by key files`;
  if (keyFilesAtLeast > peopleWithKeyFile(set.approvers))
    return `${keyFilesAtLeast} signatures by key files are demanded of ${peopleWithKeyFile(set.approvers)} people who have one`;
  const people = new Set<string>();
  const keys = new Set<string>();
  for (const { id, name, keys: theirs } of set.approvers) {
    if (people.has(id)) return `${name} is there twice`;
    people.add(id);
    for (const key of theirs) {
      if (approverKeyid(key.publicKey) !== key.keyid) return `a key of ${name} does not have the id that it says`;
      const spki = spkiOf(key);
      if (spki === null) return `a key of ${name} can't be used`;
      if (keys.has(spki)) return `a key of ${name} is there twice`;
      keys.add(spki);
    }
  }
  return null;
}

function spkiOf(key: ApproverSet['approvers'][number]['keys'][number]): string | null {
  try {
    return approverKeyObject(key).export({ format: 'der', type: 'spki' }).toString('base64');
  } catch {
    return null;
  }
}
