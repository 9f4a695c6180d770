import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Sha256, Timestamp, Uuid } from '../fields.ts';
import { Envelope, OrderStage, Outcome, Selection, Transaction } from '../orders/index.ts';

/** `planning` → `awaiting-approval` → `running` → `finished`; `cancelled` from any of the first three. */
export const RunState = Type.Union([
  Type.Literal('planning'),
  Type.Literal('awaiting-approval'),
  Type.Literal('running'),
  Type.Literal('finished'),
  Type.Literal('cancelled'),
]);
export type RunState = Static<typeof RunState>;

/**
 * One endpoint's part in a run.
 * `planning` → `planned` | `nothing-to-do` | `plan-failed`; after approval `ordered` → `working` → `effective` |
 * `waits-for-reboot` | `waits-for-restart` | `refused` | `failed` | `cancelled`; then `rebooting`, `rolling-back`, `rolled-back`.
 */
export const TargetState = Type.Union([
  Type.Literal('planning'),
  Type.Literal('planned'),
  Type.Literal('nothing-to-do'),
  Type.Literal('plan-failed'),
  Type.Literal('ordered'),
  Type.Literal('working'),
  Type.Literal('effective'),
  Type.Literal('waits-for-reboot'),
  Type.Literal('waits-for-restart'),
  Type.Literal('rebooting'),
  Type.Literal('refused'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
  Type.Literal('rolling-back'),
  Type.Literal('rolled-back'),
]);
export type TargetState = Static<typeof TargetState>;

export const RunTarget = Type.Object({
  endpointId: Uuid,
  hostname: Label,
  state: TargetState,
  explanation: Prose,
  /** Of the planned transaction; null before. Targets with equal digests form a group. */
  transactionDigest: Type.Union([Sha256, Type.Null()]),
  stage: Type.Union([OrderStage, Type.Null()]),
  percent: Type.Union([Count, Type.Null()]),
  message: Prose,
  /** What the operator can do with it now. */
  actions: Type.Array(
    Type.Union([
      Type.Literal('cancel'),
      Type.Literal('retry'),
      Type.Literal('roll-back'),
      Type.Literal('reboot'),
      Type.Literal('restart-services'),
      /** Only of a run from a snapshot, while its plan is not applied yet. */
      Type.Literal('pre-stage'),
      Type.Literal('trial'),
    ]),
  ),
  outcome: Type.Union([Outcome, Type.Null()]),
});
export type RunTarget = Static<typeof RunTarget>;

export const RunGroup = Type.Object({
  transactionDigest: Sha256,
  endpointIds: Type.Array(Uuid),
  transaction: Transaction,
});
export type RunGroup = Static<typeof RunGroup>;

export const RunSummary = Type.Object({
  id: Uuid,
  name: Label,
  selection: Selection,
  /** The snapshot that its packages come from; null: each endpoint's own repositories. Missing: an older server. */
  content: Type.Optional(Type.Union([Type.Object({ snapshotId: Uuid, snapshotName: Label }), Type.Null()])),
  /** The rollout that it belongs to; null: a person's run. */
  rollout: Type.Optional(Type.Union([Type.Object({ id: Uuid, name: Label }), Type.Null()])),
  state: RunState,
  explanation: Prose,
  createdAt: Timestamp,
  createdBy: Label,
  approvedAt: Type.Union([Timestamp, Type.Null()]),
  approvedBy: Type.Union([Label, Type.Null()]),
  finishedAt: Type.Union([Timestamp, Type.Null()]),
  targetCount: Count,
  /** Targets by state. */
  counts: Type.Record(Type.String(), Count),
});
export type RunSummary = Static<typeof RunSummary>;

export const RunList = Type.Object({ items: Type.Array(RunSummary), total: Count });
export type RunList = Static<typeof RunList>;

export const RunDetail = Type.Object({
  summary: RunSummary,
  groups: Type.Array(RunGroup),
  targets: Type.Array(RunTarget),
});
export type RunDetail = Static<typeof RunDetail>;

export const CreateRunRequest = Type.Object({
  name: Type.Optional(Label),
  /** Endpoint ids, or `all`. */
  endpoints: Type.Union([Type.Literal('all'), Type.Array(Uuid, { minItems: 1, maxItems: 100_000 })]),
  selection: Selection,
  /** From which frozen content: a snapshot, or what a channel points at now. Left out: each endpoint's own repositories. */
  content: Type.Optional(
    Type.Union([Type.Object({ snapshotId: Uuid }), Type.Object({ channel: Type.String({ maxLength: 100 }) })]),
  ),
});
export type CreateRunRequest = Static<typeof CreateRunRequest>;

/** Names the very transactions that the approver saw; 409 `plan-changed` when a group is not the present one any more. */
export const ApproveRunRequest = Type.Object({
  transactionDigests: Type.Array(Sha256, { minItems: 1, maxItems: 10_000 }),
  restartServices: Type.Optional(Type.Boolean()),
});
export type ApproveRunRequest = Static<typeof ApproveRunRequest>;

/** Which targets an action is for; left out: all to which it applies. */
export const RunActionRequest = Type.Object({
  endpoints: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 100_000 })),
});
export type RunActionRequest = Static<typeof RunActionRequest>;

/** Append-only; each record's `sha256` covers the record before it, so that a later change or removal shows. */
export const EvidenceRecord = Type.Object({
  sequence: Count,
  at: Timestamp,
  kind: Type.Union([
    Type.Literal('endpoint-enrolled'),
    Type.Literal('endpoint-removed'),
    Type.Literal('endpoint-admitted'),
    Type.Literal('endpoint-refused'),
    Type.Literal('endpoint-key-rotated'),
    Type.Literal('endpoint-quarantined'),
    Type.Literal('endpoint-released'),
    Type.Literal('endpoint-separated'),
    Type.Literal('enrolment-rules-changed'),
    Type.Literal('run-created'),
    Type.Literal('transaction-planned'),
    Type.Literal('run-approved'),
    Type.Literal('order-issued'),
    Type.Literal('order-cancelled'),
    Type.Literal('approvers-proposed'),
    Type.Literal('approvers-signed'),
    Type.Literal('approvers-changed'),
    Type.Literal('approvers-withdrawn'),
    Type.Literal('approval-requested'),
    Type.Literal('approval-signed'),
    Type.Literal('approval-renewed'),
    Type.Literal('approval-narrowed'),
    Type.Literal('emergency-stop'),
    Type.Literal('go-on-proposed'),
    Type.Literal('go-on-signed'),
    Type.Literal('emergency-stop-ended'),
    Type.Literal('endpoint-refused-orders'),
    Type.Literal('outcome-recorded'),
    Type.Literal('finding-closed'),
    Type.Literal('signed-in'),
    Type.Literal('sign-in-refused'),
    Type.Literal('sessions-ended'),
    Type.Literal('person-invited'),
    Type.Literal('person-changed'),
    Type.Literal('person-disabled'),
    Type.Literal('person-enabled'),
    Type.Literal('sign-in-link-created'),
    Type.Literal('credential-added'),
    Type.Literal('credential-removed'),
    Type.Literal('identity-provider-changed'),
    Type.Literal('identity-provider-removed'),
    Type.Literal('sign-in-rules-changed'),
    Type.Literal('token-created'),
    Type.Literal('token-revoked'),
    Type.Literal('organisation-created'),
    Type.Literal('organisation-renamed'),
    Type.Literal('organisation-archived'),
    Type.Literal('organisation-restored'),
    Type.Literal('role-created'),
    Type.Literal('role-changed'),
    Type.Literal('role-removed'),
    Type.Literal('grants-changed'),
    Type.Literal('four-eyes-changed'),
    Type.Literal('failure-sharing-changed'),
    Type.Literal('not-permitted'),
    Type.Literal('exception-created'),
    Type.Literal('exception-revoked'),
    Type.Literal('override-set'),
    Type.Literal('override-ended'),
    Type.Literal('vex-imported'),
    Type.Literal('feeds-imported'),
    Type.Literal('feed-changed'),
    Type.Literal('repository-added'),
    Type.Literal('repository-changed'),
    Type.Literal('repository-removed'),
    Type.Literal('repository-fault'),
    Type.Literal('repository-recovered'),
    Type.Literal('snapshot-created'),
    Type.Literal('snapshot-changed'),
    Type.Literal('channel-moved'),
    Type.Literal('channel-removed'),
    Type.Literal('content-changed'),
    Type.Literal('content-exported'),
    Type.Literal('content-imported'),
    Type.Literal('block-created'),
    Type.Literal('block-lifted'),
    Type.Literal('relay-created'),
    Type.Literal('relay-removed'),
    Type.Literal('policy-created'),
    Type.Literal('policy-changed'),
    Type.Literal('policy-removed'),
    Type.Literal('calendar-changed'),
    Type.Literal('freeze-created'),
    Type.Literal('freeze-ended'),
    Type.Literal('rollout-started'),
    Type.Literal('rollout-decided'),
    Type.Literal('rollout-ended'),
    Type.Literal('agent-version-started'),
    Type.Literal('agent-version-advanced'),
    Type.Literal('agent-version-halted'),
    Type.Literal('agent-version-finished'),
    Type.Literal('agent-version-decided'),
    Type.Literal('agent-version-given-up'),
    Type.Literal('evidence-expired'),
    Type.Literal('evidence-exported'),
    Type.Literal('evidence-export-set'),
    Type.Literal('backed-up'),
    Type.Literal('evidence-export-removed'),
    Type.Literal('database-restored'),
    Type.Literal('secrets-key-changed'),
    Type.Literal('order-key-rotated'),
    Type.Literal('order-key-retired'),
  ]),
  actor: Label,
  runId: Type.Union([Uuid, Type.Null()]),
  endpointId: Type.Union([Uuid, Type.Null()]),
  summary: Prose,
  /** Kind-specific: the signed envelope of an order, the outcome, the transaction's digest ... */
  detail: Type.Unknown(),
  previousSha256: Sha256,
  sha256: Sha256,
  /** Its content was removed when it was old: this is what it was hashed to, and an `evidence-expired` record says so. */
  expired: Type.Optional(Type.Object({ leafSha256: Sha256 })),
});
export type EvidenceRecord = Static<typeof EvidenceRecord>;

export const EvidenceList = Type.Object({
  items: Type.Array(EvidenceRecord),
  total: Count,
  chain: Type.Object({
    /** Whether the whole chain holds, and goes on from the newest checkpoint. */
    verified: Type.Boolean(),
    /** Records up to which it does. */
    length: Count,
    headSha256: Type.Union([Sha256, Type.Null()]),
    /** When the reading of all records began; what came since, and what is shown, was read just now. */
    checkedAt: Timestamp,
    /** The newest that was signed. */
    checkpoint: Type.Union([Type.Object({ size: Count, signedAt: Timestamp }), Type.Null()]),
  }),
});
export type EvidenceList = Static<typeof EvidenceList>;

/** Everything about one run that an auditor needs, checkable off line. */
export const RunEvidence = Type.Object({
  format: Type.Literal(1),
  run: RunDetail,
  envelopes: Type.Array(Envelope),
  records: Type.Array(EvidenceRecord),
});
export type RunEvidence = Static<typeof RunEvidence>;
