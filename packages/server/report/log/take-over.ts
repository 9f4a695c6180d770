import { evidenceLeaf } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Database, Tables } from '../../storage/index.ts';
import { readEvidence } from '../read-evidence.ts';
import { leavesOf } from './leaves.ts';
import { lockLog } from './lock-log.ts';
import { readSize, readTree } from './read-tree.ts';

/** What is taken over at a time, while nobody can append: some tens of milliseconds. */
const STEP = 500;

/**
 * Makes leaves of records that are from before there was a log. Each step is a transaction of its own; it may be killed
 * and begun again anywhere.
 *
 * @returns whether there is more to do.
 */
export async function takeOver({ kysely }: Pick<Database, 'kysely'>, organisationId: string): Promise<boolean> {
  return kysely.transaction().execute(async (within) => {
    await lockLog(within, organisationId);
    const size = await readSize(within, organisationId);
    const tree = await readTree(within, organisationId, size);
    const records = await readEvidence(within, organisationId, sql`sequence > ${size}`, STEP, 'oldest-first');
    if (tree === undefined || records.length === 0) return false;
    const leaves = leavesOf(tree, records.map(evidenceLeaf));
    await insertLeaves(within, organisationId, JSON.stringify(leaves));
    return records.length === STEP;
  });
}

async function insertLeaves(within: Kysely<Tables>, organisationId: string, leaves: string): Promise<void> {
  await sql`
    insert into evidence_leaf (organisation_id, sequence, hashes)
    select ${organisationId}::uuid, l.sequence, decode(l.hashes, 'hex')
    from jsonb_to_recordset(${leaves}::jsonb) as l (sequence bigint, hashes text)`.execute(within);
}
