import { hash as digestOf } from 'node:crypto';

/** SHA-256, 32 bytes: of an entry, of a subtree, or of a whole tree. */
export type Hash = Buffer;

export const HASH_BYTES = 32;
/** MTH of the empty list (RFC 9162 section 2.1.1): the hash of nothing. */
export const EMPTY_ROOT: Hash = digestOf('sha256', '', 'buffer');

/** A leaf is prefixed by 0 and a node by 1, so that no entry can be passed off as a subtree (RFC 9162 section 2.1.1). */
const LEAF_PREFIX = Buffer.of(0);

export function hashLeaf(entry: Uint8Array): Hash {
  return digestOf('sha256', Buffer.concat([LEAF_PREFIX, entry]), 'buffer');
}

export function hashNode(left: Hash, right: Hash): Hash {
  const joined = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
  joined[0] = 1;
  left.copy(joined, 1);
  right.copy(joined, 1 + HASH_BYTES);
  return digestOf('sha256', joined, 'buffer');
}
