import type { EvidenceRecord } from '@thimble/protocol';
import { rootOf } from '../merkle/tree.ts';
import type { TreeHead } from '../merkle/verify.ts';
import { checkNext, emptied, type EvidenceFault, NOTHING_READ, type ReadLog } from './check-record.ts';

/** What the log was at some time, by somebody's word. */
export interface KnownHead extends TreeHead {
  /** Who says so, as it stands in a sentence: `the checkpoint that was kept`. */
  readonly by: string;
}

export interface VerifiedLog {
  /** As far as everything holds. */
  readonly log: ReadLog;
  /** The first record that does not. */
  readonly fault: EvidenceFault | undefined;
}

/** Reads a whole log from its first record, and holds it against each known head on the way. */
export async function verifyLog(
  pages: AsyncIterable<readonly EvidenceRecord[]>,
  heads: readonly KnownHead[],
): Promise<VerifiedLog> {
  const due = heads.filter(({ size }) => size > 0).toSorted((a, b) => a.size - b.size);
  let log = NOTHING_READ;
  let confirmed = 0;
  for await (const page of pages)
    for (const record of page) {
      const checked = checkNext(log, record);
      if (!checked.ok) return { log, fault: checked.fault };
      log = checked.log;
      for (let head = due[0]; head?.size === log.tree.size; head = due[0]) {
        if (!rootOf(log.tree).equals(head.root)) return { log, fault: rewritten(confirmed + 1, head) };
        confirmed = head.size;
        due.shift();
      }
    }
  const [beyond] = due;
  return { log, fault: beyond === undefined ? emptied(log) : truncated(log.tree.size + 1, beyond) };
}

/** Each record fits the one before it, so all that is known is between which heads somebody began anew. */
function rewritten(first: number, { size, by }: KnownHead): EvidenceFault {
  const which = first === size ? `record ${size} is not the one` : `records ${first} to ${size} are not those`;
  return { sequence: first, code: 'rewritten', message: `${which} that ${by} has: the log was written anew` };
}

function truncated(first: number, { size, by }: KnownHead): EvidenceFault {
  const which = first === size ? `record ${size} is` : `records ${first} to ${size} are`;
  return {
    sequence: first,
    code: 'truncated',
    message: `${which} missing: ${by} has ${size} records. They were removed, or the database is an older one`,
  };
}
