import { type EvidenceRecord, canonicalJson } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { type Hash, hashLeaf } from '../merkle/hash.ts';

/** What the first record of a chain has in place of a digest of the one before it. */
export const CHAIN_START = '0'.repeat(64);

/**
 * The digest of a record: SHA-256 of the canonical JSON of all its other members.
 *
 * @throws TypeError for what canonical JSON can't hold.
 */
export function evidenceSha256({
  sha256: _own,
  ...content
}: Omit<EvidenceRecord, 'sha256'> & { sha256?: string }): string {
  return sha256(canonicalJson(content));
}

/**
 * The record as a leaf of the log: its canonical JSON, digest included.
 *
 * @throws TypeError for what canonical JSON can't hold.
 */
export function evidenceLeaf(record: EvidenceRecord): Hash {
  return hashLeaf(Buffer.from(canonicalJson(record)));
}
