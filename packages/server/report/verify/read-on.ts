import type { EvidenceRecord } from '@thimble/protocol';
import { checkNext, type EvidenceFault, type Hash, leafOf, type ReadLog } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { readSize } from '../log/read-tree.ts';
import { readEvidence } from '../read-evidence.ts';

export interface ReadOn {
  /** As far as everything holds. */
  readonly log: ReadLog;
  readonly fault: EvidenceFault | undefined;
  /** The log has no more records than these. */
  readonly ended: boolean;
}

/** Reads the next records of a log and holds each against all before it, and against the leaf that was kept with it. */
export async function readOn(
  within: Kysely<Tables>,
  organisationId: string,
  from: ReadLog,
  limit: number,
): Promise<ReadOn> {
  const after = sql`sequence > ${from.tree.size}`;
  const records = await readEvidence(within, organisationId, after, limit, 'oldest-first');
  const leaves = await readLeaves(within, organisationId, records);
  let log = from;
  for (const record of records) {
    const checked = checkNext(log, record);
    if (!checked.ok) return { log, fault: checked.fault, ended: false };
    const leaf = leaves.get(record.sequence);
    // From before there was a log, and not taken over yet.
    if (leaf === undefined && record.sequence > (await readSize(within, organisationId)))
      return { log, fault: undefined, ended: true };
    if (leaf?.equals(checked.leaf) !== true)
      return { log, fault: notInLog(record.sequence, leaf !== undefined), ended: false };
    log = checked.log;
  }
  return { log, fault: undefined, ended: records.length < limit };
}

/** Whether what was read is still there to its end, and those of these records that it has are the ones of the log. */
export async function stand(
  within: Kysely<Tables>,
  organisationId: string,
  { tree, headSha256 }: ReadLog,
  records: readonly EvidenceRecord[],
): Promise<boolean> {
  const [last] = await readEvidence(within, organisationId, sql`sequence = ${tree.size}`, 1);
  if (tree.size > 0 && last?.sha256 !== headSha256) return false;
  const read = records.filter(({ sequence }) => sequence <= tree.size);
  const leaves = await readLeaves(within, organisationId, read);
  return read.every((record) => {
    const leaf = leafOf(record);
    return leaf !== undefined && leaves.get(record.sequence)?.equals(leaf) === true;
  });
}

async function readLeaves(
  within: Kysely<Tables>,
  organisationId: string,
  records: readonly EvidenceRecord[],
): Promise<ReadonlyMap<number, Hash>> {
  const sequences = records.map(({ sequence }) => sequence);
  const { rows } = await sql<{ sequence: number; leaf: Buffer }>`
    select sequence, substring(hashes for 32) as leaf from evidence_leaf
    where organisation_id = ${organisationId} and sequence = any(${sequences}::bigint[])`.execute(within);
  return new Map(rows.map(({ sequence, leaf }) => [sequence, leaf]));
}

function notInLog(sequence: number, taken: boolean): EvidenceFault {
  return taken
    ? { sequence, code: 'rewritten', message: `record ${sequence} is not the one that the log has in its place` }
    : { sequence, code: 'unproven', message: `record ${sequence} is not in the log` };
}
