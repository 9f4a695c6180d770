import type {
  Block,
  CheckResult,
  ContentSource,
  Gap,
  Manifest,
  OutcomeResult,
  OrderStage,
  Repositories,
  Selection,
  System,
  Transaction,
  TrialRules,
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

/** A snapshot as the only source of packages, as this endpoint reaches it. */
export interface SnapshotContent {
  readonly source: ContentSource;
  /**
   * Of a gateway on this machine that lives as long as the task: `http://127.0.0.1:PORT/SECRET`. Below it is
   * `/revisions/ID/PATH` for each of the source's revisions. Secret: whoever knows it can read content.
   */
  readonly baseUrl: string;
  /** The same at further loopback addresses, for as many hosts as the source names, so that each can have its own. */
  readonly moreUrls: readonly string[];
  /** What was fetched before may be wrong: nothing that was left unfinished is gone on with. */
  readonly anew?: boolean;
}

/** A task for which its order may say where packages come from, and which must not be installed. */
export interface PlanTask extends Task {
  /** Left out: the endpoint's own repositories. */
  readonly content?: SnapshotContent;
  /** Left out: none. */
  readonly blocks?: readonly Block[];
}

export interface PreStageTask extends PlanTask {
  readonly orderId: string;
  readonly transaction: Transaction;
}

export type Inventory = { readonly manifest: Manifest; readonly gaps: readonly Gap[] };

/** A command that a trial may run in its clone: a name of the endpoint's own allow-list, and what it stands for. */
export interface TrialCommand {
  readonly name: string;
  /** Absolute path of the program, then its arguments. */
  readonly argv: readonly string[];
}

export interface TrialTask extends PreStageTask {
  readonly rules: TrialRules;
  /** What `rules.checks` stand for here. */
  readonly commands: readonly TrialCommand[];
}

export type PlanResult = Extract<OutcomeResult, { kind: 'planned' | 'refused' | 'cancelled' }>;
/** How many bytes came from where, only the caller knows. */
export type PreStageResult =
  | { readonly kind: 'pre-staged' }
  | Extract<OutcomeResult, { kind: 'refused' | 'cancelled' }>;
export type TrialResult = Extract<OutcomeResult, { kind: 'tried' | 'refused' | 'cancelled' }>;
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
  /** What the agent did and saw before; the driver hands it on. Left out: the order asked for nothing besides its transaction. */
  readonly deploy?: DeployBefore;
}

/** The state before the point of no return, for what is asked afterwards. */
export interface DeployBefore {
  readonly fileSystemSnapshot: string | null;
  readonly steps: readonly CheckResult[];
  /** `tcp 0.0.0.0:443 nginx`; null: could not be read. */
  readonly listeners: readonly string[] | null;
}

export interface ApplyTask extends PlanTask {
  readonly orderId: string;
  readonly transaction: Transaction;
  readonly restartServices: boolean;
  /** For a rollback: take package files from those kept by this order, and allow downgrades. */
  readonly undoes: string | null;
  /** Set when the order was interrupted after its point of no return. */
  readonly resumeFrom: ApplyCheckpoint | null;
  /**
   * Must be durable when it resolves; the driver changes nothing before. What it throws ends the order with nothing installed, and is
   * the caller's own: the driver lets it pass.
   */
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
  /** Which repositories are configured, and which keys vouch for them. @throws HostError */
  repositories(host: Host, workspace: Workspace): Promise<Repositories>;
  system(host: Host, workspace: Workspace, agent: System['agent']): Promise<System>;
  /** @param refresh fetch the indexes anew into the workspace's own lists; false: with the newest that are there. */
  updates(task: Task, options: { readonly refresh: boolean }): Promise<Updates>;
  plan(task: PlanTask, selection: Selection): Promise<PlanResult>;
  /** Everything that `apply` of the same transaction needs comes to this machine, checked; nothing else changes. */
  preStage(task: PreStageTask): Promise<PreStageResult>;
  /**
   * Does the transaction on a throw-away copy-on-write clone of the machine, with its vendor's own scripts and without starting services;
   * the machine itself stays as it is. What can't be cloned is told (`impossible`), never skipped silently. Left out by a platform that has no trials.
   */
  trial?(task: TrialTask): Promise<TrialResult>;
  apply(task: ApplyTask): Promise<ApplyResult>;
  /** Restart what still uses replaced code, then verify. `expected` null: only what runs is checked. */
  restartServices(task: Task, expected: Transaction | null): Promise<Verification>;
  verify(task: Task, expected: Transaction | null, failedUnitsBefore: readonly string[]): Promise<Verification>;
  /** Starts a reboot (returns before it happens). @throws HostError when the system refuses to. */
  reboot(host: Host): Promise<void>;
}
