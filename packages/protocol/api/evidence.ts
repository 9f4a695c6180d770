import { Type, type Static } from 'typebox';
import { Count, Label, Sha256, Timestamp, Uuid } from '../fields.ts';
import { Envelope } from '../orders/order.ts';
import { EvidenceRecord } from './runs.ts';

/** A tree of 2^53 entries has no longer path; a consistency proof has one hash more. */
const Path = Type.Array(Sha256, { maxItems: 54 });
/** A signed note (c2sp.org/signed-note): at most a hundred signatures. */
const SignedNote = Type.String({ maxLength: 100_000 });

/** That a record is in the tree of this size (RFC 9162 section 2.1.3); its place in it is `sequence` - 1. */
export const InclusionProof = Type.Object({ sequence: Count, size: Count, leafSha256: Sha256, path: Path });
export type InclusionProof = Static<typeof InclusionProof>;

/** That the tree of `to` entries begins with that of `from` entries (RFC 9162 section 2.1.4). */
export const ConsistencyProof = Type.Object({ from: Count, to: Count, path: Path });
export type ConsistencyProof = Static<typeof ConsistencyProof>;

/** The checkpoint with the signature lines of witnesses (c2sp.org/tlog-cosignature) below the log's own. */
export const CosignRequest = Type.Object({ checkpoint: SignedNote });
export type CosignRequest = Static<typeof CosignRequest>;

/** Whose cosignatures were new, and taken. */
export const CosignReply = Type.Object({ size: Count, witnesses: Type.Array(Label) });
export type CosignReply = Static<typeof CosignReply>;

/** Records in their order; the end is reached when there are none. */
export const EvidenceEntries = Type.Object({ items: Type.Array(EvidenceRecord, { maxItems: 5_000 }) });
export type EvidenceEntries = Static<typeof EvidenceEntries>;

/** The verifier key of the log (c2sp.org/signed-note); its name is the origin of the log's checkpoints. */
export const EvidenceLog = Type.Object({ verifierKey: Type.String({ maxLength: 1_024 }) });
export type EvidenceLog = Static<typeof EvidenceLog>;

/** What the log has signed, who outside has seen it, and what is kept beside the database. */
export const EvidenceCheckpoints = Type.Object({
  ...EvidenceLog.properties,
  newest: Type.Union([
    Type.Object({ size: Count, rootSha256: Sha256, signedAt: Timestamp, note: SignedNote }),
    Type.Null(),
  ]),
  /** Records that no checkpoint has yet: for longer than seconds only when what came does not continue what was signed. */
  unsigned: Count,
  /** Those whose keys the server knows, with the largest checkpoint that each cosigned; null: none of this log. */
  witnesses: Type.Array(
    Type.Object({
      name: Label,
      verifierKey: Type.String({ maxLength: 1_024 }),
      cosigned: Type.Union([Type.Object({ size: Count, seenAt: Timestamp }), Type.Null()]),
    }),
    { maxItems: 1_000 },
  ),
  /** The newest checkpoint that a server keeps in its data folder, and whether the database still has what it covers. */
  beside: Type.Union([
    Type.Object({
      size: Count,
      database: Type.Union([Type.Literal('has-it'), Type.Literal('is-older'), Type.Literal('is-another')]),
    }),
    Type.Null(),
  ]),
});
export type EvidenceCheckpoints = Static<typeof EvidenceCheckpoints>;

/** What a bundle was made about. Of a period every record is in it; of the others those that name the run or endpoint. */
export const EvidenceScope = Type.Union([
  Type.Object({ kind: Type.Literal('run'), runId: Uuid }),
  Type.Object({ kind: Type.Literal('endpoint'), endpointId: Uuid }),
  /** From the first moment to the last, both included. */
  Type.Object({ kind: Type.Literal('period'), from: Timestamp, to: Timestamp }),
]);
export type EvidenceScope = Static<typeof EvidenceScope>;

/** Records with the proof that they are in the log, checkable off line with nothing but the log's key. */
export const EvidenceBundle = Type.Object({
  format: Type.Literal(1),
  scope: EvidenceScope,
  exportedAt: Timestamp,
  ...EvidenceLog.properties,
  checkpoint: SignedNote,
  /** The hashes of all proofs, each once: records of one time share most of theirs. */
  hashes: Type.Array(Sha256, { maxItems: 10_000_000 }),
  entries: Type.Array(
    Type.Object({
      record: EvidenceRecord,
      /** The inclusion proof, as places in `hashes`. */
      path: Type.Array(Count, { maxItems: 54 }),
    }),
    { maxItems: 200_000 },
  ),
  /** The signed orders of which the records tell, as far as the server still has them. */
  envelopes: Type.Array(Envelope, { maxItems: 200_000 }),
  /** Keys that signed them, as `x` of RFC 8037. */
  orderKeys: Type.Array(Type.Object({ keyid: Label, publicKey: Label }), { maxItems: 100 }),
});
export type EvidenceBundle = Static<typeof EvidenceBundle>;
