import { Type, type Static } from 'typebox';
import { Count, Label, Sha256, Timestamp, Uuid } from '../fields.ts';
import {
  ApprovalStatement,
  ApprovedAction,
  Approver,
  ApproverKey,
  ApproverSet,
  ApproverSignature,
  HaltStatement,
  SignedStatement,
} from '../orders/approval.ts';

/** Who has signed a statement, of the people whose signatures count now. */
export const StatementProgress = Type.Object({
  /** SHA-256 of what is signed, which people compare. */
  digest: Sha256,
  /** How many different people have to sign. */
  threshold: Count,
  /** How many of them by a key file. */
  keyFilesAtLeast: Count,
  signed: Type.Array(
    Type.Object({
      approverId: Uuid,
      name: Label,
      keyid: Sha256,
      kind: Type.Union([Type.Literal('file'), Type.Literal('passkey')]),
      signedAt: Timestamp,
    }),
  ),
});
export type StatementProgress = Static<typeof StatementProgress>;

/** `open`: waits for signatures. `granted`: orders may name it until it expires. `withdrawn`: nothing needs it any more. */
export const ApprovalState = Type.Union([
  Type.Literal('open'),
  Type.Literal('granted'),
  Type.Literal('expired'),
  Type.Literal('withdrawn'),
]);
export type ApprovalState = Static<typeof ApprovalState>;

export const ApprovalSummary = Type.Object({
  id: Uuid,
  runId: Uuid,
  title: Label,
  state: ApprovalState,
  actions: Type.Array(ApprovedAction),
  transactionCount: Count,
  endpointCount: Count,
  createdAt: Timestamp,
  /** Who wants it: the operator, or the rollout's author. */
  createdBy: Label,
  /** Who made it of a request that asked for more; null: nobody, it asks for all that may follow. */
  narrowedBy: Type.Union([Label, Type.Null()]),
  expiresAt: Timestamp,
  progress: StatementProgress,
});
export type ApprovalSummary = Static<typeof ApprovalSummary>;

export const ApprovalList = Type.Object({ items: Type.Array(ApprovalSummary), total: Count });
export type ApprovalList = Static<typeof ApprovalList>;

export const ApprovalDetail = Type.Object({
  summary: ApprovalSummary,
  /** What is signed, byte for byte, with the signatures so far. */
  signed: SignedStatement,
  /** The same, read. */
  statement: ApprovalStatement,
  /** Names for people; endpoints know themselves by their ids alone. */
  endpoints: Type.Array(Type.Object({ id: Uuid, hostname: Label })),
  snapshotName: Type.Union([Label, Type.Null()]),
});
export type ApprovalDetail = Static<typeof ApprovalDetail>;

/** A set of approvers, with what proves it. */
export const ApproverSetEntry = Type.Object({
  id: Uuid,
  state: Type.Union([
    Type.Literal('proposed'),
    Type.Literal('active'),
    Type.Literal('replaced'),
    Type.Literal('withdrawn'),
  ]),
  set: ApproverSet,
  signed: SignedStatement,
  progress: StatementProgress,
  proposedAt: Timestamp,
  proposedBy: Label,
  activatedAt: Type.Union([Timestamp, Type.Null()]),
});
export type ApproverSetEntry = Static<typeof ApproverSetEntry>;

export const ApproverStatus = Type.Object({
  /** null: nothing needs signatures. */
  active: Type.Union([ApproverSetEntry, Type.Null()]),
  proposed: Type.Union([ApproverSetEntry, Type.Null()]),
});
export type ApproverStatus = Static<typeof ApproverStatus>;

export const ApproverHistory = Type.Object({ items: Type.Array(ApproverSetEntry) });
export type ApproverHistory = Static<typeof ApproverHistory>;

/** People of this organisation, with their passkeys that could be approvers' keys; a key file is given to one of them by their id. */
export const ApproverCandidates = Type.Object({
  items: Type.Array(Type.Object({ id: Uuid, name: Label, keys: Type.Array(ApproverKey, { maxItems: 8 }) })),
});
export type ApproverCandidates = Static<typeof ApproverCandidates>;

export const ProposeApproversRequest = Type.Object({
  threshold: Type.Integer({ minimum: 0, maximum: 32 }),
  /** Left out: as in the present set; in the first one `usualKeyFiles`. */
  keyFilesAtLeast: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  approvers: Type.Array(Approver, { maxItems: 64 }),
});
export type ProposeApproversRequest = Static<typeof ProposeApproversRequest>;

/** What is left out stays as it is. */
export const NarrowApprovalRequest = Type.Object({
  actions: Type.Optional(Type.Array(ApprovedAction, { minItems: 1, maxItems: 5, uniqueItems: true })),
  expiresAt: Type.Optional(Timestamp),
});
export type NarrowApprovalRequest = Static<typeof NarrowApprovalRequest>;

export const SignStatementRequest = Type.Object({ signature: ApproverSignature });
export type SignStatementRequest = Static<typeof SignStatementRequest>;

/** One emergency stop or its end. `open`: an end that waits for approvers’ signatures. */
export const HaltEntry = Type.Object({
  id: Uuid,
  state: Type.Union([Type.Literal('open'), Type.Literal('in-force'), Type.Literal('replaced')]),
  statement: HaltStatement,
  signed: SignedStatement,
  progress: StatementProgress,
  createdAt: Timestamp,
  createdBy: Label,
});
export type HaltEntry = Static<typeof HaltEntry>;

export const HaltStatus = Type.Object({
  halted: Type.Boolean(),
  /** The newest that is in force; null: there never was one. */
  current: Type.Union([HaltEntry, Type.Null()]),
  /** An end that is not signed by enough people yet. */
  pending: Type.Union([HaltEntry, Type.Null()]),
  /** What an approver's own stop says of itself, so that endpoints take it. */
  next: Type.Object({ organisationId: Uuid, sequence: Count }),
});
export type HaltStatus = Static<typeof HaltStatus>;

/** A `HaltStatement` that stops, which one approver signed. */
export const SignedStopRequest = Type.Object({ signed: SignedStatement });
export type SignedStopRequest = Static<typeof SignedStopRequest>;

export const HaltRequest = Type.Object({
  action: Type.Union([Type.Literal('stop'), Type.Literal('go-on')]),
  reason: Type.String({ minLength: 1, maxLength: 512 }),
});
export type HaltRequest = Static<typeof HaltRequest>;
