export {
  type Checked,
  type EvidenceFault,
  NOTHING_READ,
  type ReadLog,
  checkNext,
  emptied,
  leafOf,
} from './evidence/check-record.ts';
export { CHAIN_START, evidenceLeaf, evidenceSha256 } from './evidence/record.ts';
export { type VerifiedBundle, verifyBundle } from './evidence/verify-bundle.ts';
export { type KnownHead, verifyLog } from './evidence/verify-log.ts';
export { type Hash } from './merkle/hash.ts';
export { type NodeAt, peaksOf } from './merkle/node.ts';
export { type ProofPlan, fillPlan, planConsistency, planInclusion } from './merkle/prove.ts';
export { type Tree, append, rootOf } from './merkle/tree.ts';
export { type TreeHead, verifyConsistency, verifyInclusion } from './merkle/verify.ts';
export { type Checkpoint, openCheckpoint, signCheckpoint } from './notes/checkpoint.ts';
export { cosign, verifyCosignature } from './notes/cosignature.ts';
export { parseNote } from './notes/note.ts';
export { type VerifierKey, parseVerifierKey, verifierKeyOf } from './notes/verifier-key.ts';
