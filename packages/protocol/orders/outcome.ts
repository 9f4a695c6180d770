import { Type, type Static } from 'typebox';
import { Kernel, StaleProcess } from '../documents/system.ts';
import {
  Architecture,
  Count,
  Gap,
  Label,
  LIMITS,
  PackageName,
  PackageVersion,
  Prose,
  Sha256,
  Timestamp,
  Uuid,
} from '../fields.ts';
import { DeployReport, TrialReport } from './deploy.ts';
import { Transaction, TransactionDifference } from './transaction.ts';

/** The stages through which an endpoint takes an order; `installing` is the point of no return. */
export const OrderStage = Type.Union([
  Type.Literal('accepted'),
  Type.Literal('repairing'),
  Type.Literal('refreshing'),
  Type.Literal('planning'),
  Type.Literal('downloading'),
  /** The transaction runs on a clone. */
  Type.Literal('trying'),
  /** Steps of the endpoint's allow-list before the point of no return, and the file system snapshot. */
  Type.Literal('preparing'),
  Type.Literal('installing'),
  Type.Literal('restarting-services'),
  /** A person who is signed in is asked whether it may reboot. */
  Type.Literal('waiting-for-consent'),
  Type.Literal('rebooting'),
  Type.Literal('verifying'),
  /** Health checks and the steps after. */
  Type.Literal('checking'),
  Type.Literal('finished'),
]);
export type OrderStage = Static<typeof OrderStage>;

/** Why a patch that is installed is not effective yet. */
export const Wait = Type.Union([
  Type.Object({ kind: Type.Literal('reboot'), reason: Prose }),
  Type.Object({ kind: Type.Literal('service-restart'), unit: Type.Union([Label, Type.Null()]), reason: Prose }),
]);
export type Wait = Static<typeof Wait>;

/** Proof of what is true on the running system after an order, read afresh and not from the package manager's exit code. */
export const Verification = Type.Object({
  checkedAt: Timestamp,
  /** Changes whose version is not what the transaction says. Empty: all are. */
  wrongVersions: Type.Array(
    Type.Object({
      name: PackageName,
      architecture: Architecture,
      expected: Type.Union([PackageVersion, Type.Null()]),
      actual: Type.Union([PackageVersion, Type.Null()]),
    }),
    { maxItems: LIMITS.changesPerTransaction },
  ),
  brokenPackages: Type.Array(PackageName, { maxItems: 1000 }),
  staleProcesses: Type.Array(StaleProcess, { maxItems: 1000 }),
  restartedUnits: Type.Array(Label, { maxItems: 1000 }),
  failedUnitsBefore: Type.Array(Label, { maxItems: 1000 }),
  failedUnitsAfter: Type.Array(Label, { maxItems: 1000 }),
  kernel: Kernel,
  waits: Type.Array(Wait, { maxItems: 1000 }),
  /** Right versions, nothing broken, no unit newly failed, no old code running. Unknown counts as false. */
  effective: Type.Boolean(),
  gaps: Type.Array(Gap, { maxItems: 100 }),
});
export type Verification = Static<typeof Verification>;

/** An earlier version's package file that the endpoint keeps, so that the order can be rolled back. */
export const KeptPackage = Type.Object({
  name: PackageName,
  architecture: Architecture,
  version: PackageVersion,
  sha256: Sha256,
  sizeBytes: Count,
  /** `archive`: the vendor's own file, verified against a signed index. */
  from: Type.Literal('archive'),
});
export type KeptPackage = Static<typeof KeptPackage>;

/** Why an endpoint refused an order or failed. Refused: nothing was changed. */
export const RefusalCode = Type.Union([
  Type.Literal('bad-signature'),
  Type.Literal('wrong-endpoint'),
  Type.Literal('stale-generation'),
  Type.Literal('expired'),
  Type.Literal('malformed'),
  Type.Literal('transaction-differs'),
  Type.Literal('index-older-than-approved'),
  Type.Literal('index-not-verified'),
  Type.Literal('index-unreachable'),
  Type.Literal('download-failed'),
  Type.Literal('digest-mismatch'),
  Type.Literal('disk-full'),
  Type.Literal('package-manager-busy'),
  Type.Literal('package-manager-broken'),
  Type.Literal('not-privileged'),
  Type.Literal('held-packages'),
  Type.Literal('no-rollback-files'),
  Type.Literal('unsatisfiable'),
  Type.Literal('unsupported'),
  /** Neither relay nor server gave the snapshot's content. */
  Type.Literal('snapshot-unavailable'),
  /** What was served is not the state that the signed order names. */
  Type.Literal('snapshot-differs'),
  /** The transaction has a package version that was recalled. */
  Type.Literal('blocked'),
  /** A step or check that the order names is not on this endpoint's allow-list, or the file is not safe to run. */
  Type.Literal('step-not-allowed'),
  /** A step before the installation failed: nothing was installed. */
  Type.Literal('step-failed'),
  /** The file system snapshot that the policy requires could not be made. */
  Type.Literal('snapshot-failed'),
  /** The endpoint demands approvers' signatures, and the order came without an approval that has enough of them. */
  Type.Literal('approval-missing'),
  /** The approval holds, but not for this: another endpoint, transaction, snapshot, action or time, or it was done. */
  Type.Literal('approval-invalid'),
  /** Everything is stopped here until it is told to go on. */
  Type.Literal('halted'),
]);
export type RefusalCode = Static<typeof RefusalCode>;

export const FailureCode = Type.Union([
  Type.Literal('install-failed'),
  Type.Literal('interrupted'),
  Type.Literal('disk-full'),
  Type.Literal('deadline-passed'),
  Type.Literal('repair-failed'),
  Type.Literal('not-verified'),
  Type.Literal('reboot-failed'),
  Type.Literal('internal'),
]);
export type FailureCode = Static<typeof FailureCode>;

export const OutcomeResult = Type.Union([
  Type.Object({ kind: Type.Literal('scanned') }),
  /** All files of the transaction are on the endpoint, checked. */
  Type.Object({ kind: Type.Literal('pre-staged'), fetchedBytes: Count, fromRelayBytes: Count }),
  /** The transaction was done on a clone, which is gone. */
  Type.Object({
    kind: Type.Literal('tried'),
    transactionDigest: Sha256,
    report: TrialReport,
    logTail: Type.Array(Prose, { maxItems: LIMITS.logTailLines }),
  }),
  Type.Object({ kind: Type.Literal('planned'), transaction: Transaction, transactionDigest: Sha256 }),
  /** Also of a rollback and of `restart-services` (then `kept` is empty). */
  Type.Object({
    kind: Type.Literal('applied'),
    verification: Verification,
    kept: Type.Array(KeptPackage, { maxItems: LIMITS.changesPerTransaction }),
    /** Packages of which no earlier file could be kept, and why. */
    rollbackGaps: Type.Array(Gap, { maxItems: 1000 }),
    /** The endpoint had to repair an interrupted dpkg, or went on after a crash. */
    resumed: Type.Boolean(),
    /** Left out: the order asked for nothing besides its transaction. */
    deploy: Type.Optional(DeployReport),
  }),
  Type.Object({
    kind: Type.Literal('rebooted'),
    bootIdBefore: Label,
    bootIdAfter: Label,
    verification: Verification,
    deploy: Type.Optional(DeployReport),
  }),
  Type.Object({
    kind: Type.Literal('refused'),
    code: RefusalCode,
    message: Prose,
    difference: Type.Union([TransactionDifference, Type.Null()]),
    logTail: Type.Array(Prose, { maxItems: LIMITS.logTailLines }),
  }),
  Type.Object({
    kind: Type.Literal('failed'),
    code: FailureCode,
    message: Prose,
    stage: OrderStage,
    /** null: could not even be checked. */
    verification: Type.Union([Verification, Type.Null()]),
    logTail: Type.Array(Prose, { maxItems: LIMITS.logTailLines }),
    kept: Type.Array(KeptPackage, { maxItems: LIMITS.changesPerTransaction }),
    deploy: Type.Optional(DeployReport),
  }),
  Type.Object({ kind: Type.Literal('cancelled'), stage: OrderStage }),
]);
export type OutcomeResult = Static<typeof OutcomeResult>;

/** The one recorded end of an order. The endpoint repeats it until the server has acknowledged it. */
export const Outcome = Type.Object({
  format: Type.Literal(1),
  orderId: Uuid,
  generation: Count,
  startedAt: Timestamp,
  endedAt: Timestamp,
  result: OutcomeResult,
});
export type Outcome = Static<typeof Outcome>;

/** One step of an order under way, for live display; may be lost, never decides anything. */
export const OrderProgress = Type.Object({
  orderId: Uuid,
  /** Counts up within an order, so that repeated deliveries are told apart. */
  sequence: Count,
  at: Timestamp,
  stage: OrderStage,
  /** 0 to 100 within the stage; null: not known. */
  percent: Type.Union([Type.Integer({ minimum: 0, maximum: 100 }), Type.Null()]),
  message: Prose,
});
export type OrderProgress = Static<typeof OrderProgress>;
