import type {
  ApprovedAction,
  FailureCode,
  OrderKind,
  OrderStage,
  RefusalCode,
  SignatureCount,
  SignatureDemand,
  Wait,
} from '@thimble/protocol';

/** What of a verification decides how a run goes on. Counts and names, so that thousands of targets fit into memory. */
export interface VerificationFacts {
  readonly effective: boolean;
  readonly waits: readonly Wait[];
  readonly wrongVersionCount: number;
  readonly brokenPackages: readonly string[];
  /** Units that failed after the order and not before it. */
  readonly newlyFailedUnits: readonly string[];
  readonly gapCount: number;
  /** Health checks, steps and listening ports that were not well afterwards, in words. */
  readonly failedChecks: readonly string[];
}

/** What of an outcome decides how a run goes on. */
export type ResultFacts =
  | { readonly kind: 'scanned' }
  | { readonly kind: 'tried'; readonly verdict: 'passed' | 'failed' | 'impossible'; readonly message: string }
  | { readonly kind: 'pre-staged'; readonly fetchedBytes: number; readonly fromRelayBytes: number }
  | {
      readonly kind: 'planned';
      readonly transactionDigest: string;
      readonly changeCount: number;
      /** Updates of the selection that the plan leaves out, and why the first ones; absent: none. */
      readonly leftOut?: { readonly count: number; readonly first: readonly string[] };
      /** The snapshot that the endpoint planned from; absent: its own repositories. */
      readonly snapshotId?: string;
    }
  | { readonly kind: 'applied'; readonly verification: VerificationFacts; readonly keptCount: number }
  | { readonly kind: 'rebooted'; readonly verification: VerificationFacts }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
  | {
      readonly kind: 'failed';
      readonly code: FailureCode;
      readonly message: string;
      readonly stage: OrderStage;
      readonly verification: VerificationFacts | null;
      readonly keptCount: number;
    }
  | { readonly kind: 'cancelled'; readonly stage: OrderStage };

/** Why the server gave up an order that has no outcome. */
export type ClosedReason = 'cancelled' | 'silent' | 'expired' | 'endpoint-removed';

export interface OrderFacts {
  readonly id: string;
  readonly kind: OrderKind;
  readonly generation: number;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** When the endpoint fetched it; null: not yet, so it can still be withdrawn. */
  readonly deliveredAtMs: number | null;
  readonly cancelRequestedAtMs: number | null;
  readonly closed: { readonly reason: ClosedReason; readonly atMs: number } | null;
  readonly result: ResultFacts | null;
  /** When the server recorded the outcome; left out or null: there is none, or its time is not known. */
  readonly resultAtMs?: number | null;
  readonly progress: { readonly stage: OrderStage; readonly percent: number | null; readonly message: string } | null;
  /** Package versions of its transaction that are recalled now, in words: `openssl 3.0.22-1 (breaks TLS 1.2)`. */
  readonly blocked: readonly string[];
  /** Of an order that has a transaction; left out or null: it has none. */
  readonly transactionDigest?: string | null;
  /** By which approval it was signed; left out or null: by none. */
  readonly approvalId?: string | null;
}

/** What approvers were asked about one endpoint, and how many different people of the present set have signed it. */
export interface ApprovalFacts {
  readonly id: string;
  readonly actions: readonly ApprovedAction[];
  /**
   * Transactions that this endpoint may do by it, and of one that allows only ways back those that it may undo; empty: none, it is
   * about the endpoint alone.
   */
  readonly transactionDigests: readonly string[];
  readonly signed: SignatureCount;
  readonly expiresAtMs: number;
}

export interface ApproverFacts {
  /** At least one person has to sign. */
  readonly demand: SignatureDemand;
  /** Newest first; only those that cover the endpoint. */
  readonly approvals: readonly ApprovalFacts[];
}

export type TargetRequest = 'cancel' | 'retry' | 'roll-back' | 'reboot' | 'restart-services' | 'pre-stage' | 'trial';

export interface TargetFacts {
  readonly endpointId: string;
  readonly hostname: string;
  readonly lastSeenAtMs: number | null;
  readonly removed: boolean;
  /** Why it is in quarantine; left out or null: it is not. */
  readonly quarantined?: string | null;
  /** The transaction that a person approved for this endpoint; null: none. */
  readonly approvedDigest: string | null;
  /**
   * The approval is for an installation that begins before this, or not at all: the end of a window less what it takes. Its order
   * expires then; so it is with a reboot or restart that was asked for. Left out or null: there is no end.
   */
  readonly startBeforeMs?: number | null;
  /** Taken out of the run while nothing was under way. */
  readonly dropped: 'not-approved' | 'cancelled' | null;
  /** What an operator asked for and has not been turned into an order yet. */
  readonly request: TargetRequest | null;
  /** The orders of this run to this endpoint, oldest generation first. */
  readonly orders: readonly OrderFacts[];
  /** An order of another run that changes this endpoint and is under way. */
  readonly busyWith: { readonly kind: OrderKind; readonly runName: string } | null;
  /** Left out or null: the organisation does not ask for approvers' signatures. */
  readonly approvers?: ApproverFacts | null;
}

export interface RunFacts {
  readonly approved: boolean;
  readonly cancelRequested: boolean;
  readonly checkInIntervalMs: number;
  /** From which frozen content its packages come; null: each endpoint's own repositories. */
  readonly snapshotId: string | null;
  /**
   * Whether the run belongs to a rollout, whose planner approves for one installation at a time: the order that is made of such an
   * approval uses it up. Left out or null: people approve.
   */
  readonly rollout?: 'under-way' | 'over' | null;
  /** Why nothing may be ordered in the whole organisation; left out or null: no emergency stop holds. */
  readonly halted?: string | null;
}
