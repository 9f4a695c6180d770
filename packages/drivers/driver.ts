import type {
  Gap,
  Manifest,
  OutcomeResult,
  OrderStage,
  Selection,
  System,
  Transaction,
  Updates,
  Verification,
} from '@thimble/protocol';
import type { Host } from './host.ts';

/** Where a driver keeps what belongs to it on an endpoint: own package lists, downloads, kept files for rollback. */
export interface Workspace {
  /** Absolute, private to the agent (0700), e.g. `/var/lib/thimble-agent/apt`. */
  readonly directory: string;
}

export interface Task {
  readonly host: Host;
  readonly workspace: Workspace;
  /** Asks for a stop; honoured before the point of no return, ignored after it. */
  readonly signal: AbortSignal;
  progress(step: { readonly stage: OrderStage; readonly percent: number | null; readonly message: string }): void;
}

export type Inventory = { readonly manifest: Manifest; readonly gaps: readonly Gap[] };

export type PlanResult = Extract<OutcomeResult, { kind: 'planned' | 'refused' | 'cancelled' }>;
export type ApplyResult = Extract<OutcomeResult, { kind: 'applied' | 'refused' | 'failed' | 'cancelled' }>;

/**
 * What must survive a crash between the point of no return and the end: written by the caller (durably) before the
 * first change, and handed back to `apply` when the order is taken up again.
 */
export interface ApplyCheckpoint {
  readonly orderId: string;
  readonly startedAt: string;
  readonly bootIdBefore: string;
  readonly failedUnitsBefore: readonly string[];
  readonly kept: Extract<OutcomeResult, { kind: 'applied' }>['kept'];
  readonly rollbackGaps: Extract<OutcomeResult, { kind: 'applied' }>['rollbackGaps'];
}

export interface ApplyTask extends Task {
  readonly orderId: string;
  readonly transaction: Transaction;
  readonly restartServices: boolean;
  /** For a rollback: take package files from those kept by this order, and allow downgrades. */
  readonly undoes: string | null;
  /** Set when the order was interrupted after its point of no return. */
  readonly resumeFrom: ApplyCheckpoint | null;
  /** Must be durable when it resolves; the driver changes nothing before. */
  pointOfNoReturn(checkpoint: ApplyCheckpoint): Promise<void>;
}

/** One platform: small functions over a Host. Expected failures are results with a code; a throw is our bug or the host's. */
export interface Driver {
  readonly id: string;
  readonly name: string;
  /** Whether this machine is one of its own; cheap, reads a file or two. */
  detect(host: Host): Promise<boolean>;
  inventory(host: Host, workspace: Workspace): Promise<Inventory>;
  /** Which of these files its packages own; left out by a platform that can't tell. @throws HostError */
  ownedFiles?(host: Host, paths: readonly string[]): Promise<ReadonlySet<string>>;
  system(host: Host, workspace: Workspace, agent: System['agent']): Promise<System>;
  /** @param refresh fetch the indexes anew into the workspace's own lists; false: with the newest that are there. */
  updates(task: Task, options: { readonly refresh: boolean }): Promise<Updates>;
  plan(task: Task, selection: Selection): Promise<PlanResult>;
  apply(task: ApplyTask): Promise<ApplyResult>;
  /** Restart what still uses replaced code, then verify. `expected` null: only what runs is checked. */
  restartServices(task: Task, expected: Transaction | null): Promise<Verification>;
  verify(task: Task, expected: Transaction | null, failedUnitsBefore: readonly string[]): Promise<Verification>;
  /** Starts a reboot (returns before it happens). @throws HostError when the system refuses to. */
  reboot(host: Host): Promise<void>;
}
