import type { EvidenceRecord } from '@thimble/protocol';
import type { Hash } from '../merkle/hash.ts';
import { EMPTY_TREE, type Tree, append } from '../merkle/tree.ts';
import { CHAIN_START, evidenceLeaf, evidenceSha256 } from './record.ts';

/** A log that was read so far: the tree and the digest that the next record has to continue. */
export interface ReadLog {
  readonly tree: Tree;
  readonly headSha256: string;
  /** The last record without its content, and up to where records say that theirs was removed. */
  readonly expired: { readonly last: number; readonly announced: number };
}

export const NOTHING_READ: ReadLog = {
  tree: EMPTY_TREE,
  headSha256: CHAIN_START,
  expired: { last: 0, announced: 0 },
};

/** The first record that is not as it has to be, and in words what is wrong with it. */
export interface EvidenceFault {
  readonly sequence: number;
  readonly code:
    | 'missing'
    | 'misplaced'
    | 'unlinked'
    | 'changed'
    | 'rewritten'
    | 'truncated'
    | 'unproven'
    | 'foreign'
    | 'emptied';
  readonly message: string;
}

export type Checked =
  | { readonly ok: true; readonly log: ReadLog; readonly leaf: Hash }
  | { readonly ok: false; readonly fault: EvidenceFault };

/** Holds the next record of a log against all before it. Records that are not as they should be are values, not errors. */
export function checkNext({ tree, headSha256, expired }: ReadLog, record: EvidenceRecord): Checked {
  const expected = tree.size + 1;
  const { sequence } = record;
  if (sequence > expected)
    return fault(expected, 'missing', `record ${expected} is missing: ${sequence} comes after ${tree.size}`);
  if (sequence < expected)
    return fault(expected, 'misplaced', `where record ${expected} should be, there is ${sequence} again`);
  const leaf = leafOf(record);
  if (leaf === undefined)
    return fault(sequence, 'changed', `record ${sequence} was changed: its digest is not that of its content`);
  if (record.previousSha256 !== headSha256)
    return fault(
      sequence,
      'unlinked',
      `record ${sequence} does not continue record ${tree.size}: one of both was replaced`,
    );
  const log = {
    tree: append(tree, leaf).tree,
    headSha256: record.sha256,
    expired:
      record.expired === undefined
        ? { ...expired, announced: Math.max(expired.announced, announcedBy(record)) }
        : { ...expired, last: sequence },
  };
  return { ok: true, leaf, log };
}

/** Of a log that was read to its end: a record that lost its content, and no record says so. */
export function emptied({ expired: { last, announced } }: ReadLog): EvidenceFault | undefined {
  if (last <= announced) return undefined;
  return { sequence: last, code: 'emptied', message: `record ${last} lost its content, and no record says so` };
}

/** undefined: the record's digest is not that of its content. Without content it is what it was when it had one. */
export function leafOf(record: EvidenceRecord): Hash | undefined {
  if (record.expired !== undefined) return Buffer.from(record.expired.leafSha256, 'hex');
  try {
    return evidenceSha256(record) === record.sha256 ? evidenceLeaf(record) : undefined;
  } catch (error) {
    // Numbers that the evidence never holds, or JSON nested without end: not written by a server.
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Of an `evidence-expired` record: the last that has no content any more. */
function announcedBy({ kind, detail }: EvidenceRecord): number {
  if (kind !== 'evidence-expired' || typeof detail !== 'object' || detail === null || !('through' in detail)) return 0;
  return typeof detail.through === 'number' ? detail.through : 0;
}

function fault(sequence: number, code: EvidenceFault['code'], message: string): Checked {
  return { ok: false, fault: { sequence, code, message } };
}
