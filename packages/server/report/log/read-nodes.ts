import type { Hash, NodeAt } from '@thimble/transparency';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

const HASH_BYTES = 32;

/** Hashes of complete subtrees, all in one statement; undefined: the log does not have one of them. */
export async function readNodes(
  within: Kysely<Tables>,
  organisationId: string,
  nodes: readonly NodeAt[],
): Promise<((node: NodeAt) => Hash) | undefined> {
  const sequences = [...new Set(nodes.map(lastEntryOf))];
  const { rows } = await sql<{ sequence: number; hashes: Buffer }>`
    select sequence, hashes from evidence_leaf
    where organisation_id = ${organisationId} and sequence = any(${sequences}::bigint[])`.execute(within);
  const hashes = new Map(rows.map((row) => [row.sequence, row.hashes]));
  const hashAt = (node: NodeAt): Hash => {
    const start = node.level * HASH_BYTES;
    return (hashes.get(lastEntryOf(node)) ?? Buffer.alloc(0)).subarray(start, start + HASH_BYTES);
  };
  return nodes.every((node) => hashAt(node).length === HASH_BYTES) ? hashAt : undefined;
}

/** The entry with which the subtree was complete, counted from 1: its row has the hash. */
function lastEntryOf({ level, index }: NodeAt): number {
  return (index + 1) * 2 ** level;
}
