import { Type, type Static } from 'typebox';
import { Count, Label, Prose } from '../fields.ts';
import { HealthCheckDocument, Name } from '../policy/index.ts';

/** How an installation is done besides the transaction itself. Steps and commands are names of the endpoint's own allow-list. */
export const DeployRules = Type.Object({
  before: Type.Array(Name, { maxItems: 20 }),
  after: Type.Array(Name, { maxItems: 20 }),
  fileSystemSnapshot: Type.Union([Type.Literal('none'), Type.Literal('where-possible'), Type.Literal('required')]),
  checks: Type.Array(HealthCheckDocument, { maxItems: 50 }),
});
export type DeployRules = Static<typeof DeployRules>;

/** Bounds of a trial; the endpoint's own configuration may lower them. */
export const TrialRules = Type.Object({
  checks: Type.Array(Name, { maxItems: 50 }),
  deadlineSeconds: Type.Integer({ minimum: 10, maximum: 14_400 }),
  diskBytes: Count,
  memoryBytes: Count,
});
export type TrialRules = Static<typeof TrialRules>;

/** Who is asked before a reboot, and until when it waits at most. */
export const RebootConsent = Type.Object({ deferForSeconds: Count });
export type RebootConsent = Static<typeof RebootConsent>;

/** One step, check or health question and how it ended. */
export const CheckResult = Type.Object({
  /** `nginx -t`, `step drain`, `tcp 443`, `http http://127.0.0.1/health`. */
  name: Label,
  passed: Type.Boolean(),
  /** Why it did not pass, or what it said; empty: nothing to say. */
  message: Prose,
  durationMs: Count,
});
export type CheckResult = Static<typeof CheckResult>;

/** What became of a transaction on a throw-away clone of the endpoint. */
export const TrialReport = Type.Object({
  /** `impossible`: no clone could be made here; nothing was learned. */
  verdict: Type.Union([Type.Literal('passed'), Type.Literal('failed'), Type.Literal('impossible')]),
  /** One sentence: what failed, or why it is impossible. */
  message: Prose,
  /** How the clone was made: `overlay on tmpfs`, `overlay on /var`; empty when impossible. */
  clone: Label,
  /** Packages that did not end installed in the clone. */
  brokenPackages: Type.Array(Label, { maxItems: 1000 }),
  checks: Type.Array(CheckResult, { maxItems: 100 }),
  /** Not tried, and why (live databases, other file systems). */
  gaps: Type.Array(Type.Object({ what: Label, why: Prose }), { maxItems: 100 }),
  installMs: Count,
  totalMs: Count,
  diskBytes: Count,
});
export type TrialReport = Static<typeof TrialReport>;

/** What an installation did besides packages. */
export const DeployReport = Type.Object({
  /** The file system snapshot that was made: `btrfs /.thimble/…`, `lvm vg/root-thimble-…`; null: none. */
  fileSystemSnapshot: Type.Union([Label, Type.Null()]),
  steps: Type.Array(CheckResult, { maxItems: 100 }),
  /** Health checks after it. */
  checks: Type.Array(CheckResult, { maxItems: 100 }),
  /** `tcp 0.0.0.0:443 nginx`: listened before and not after. */
  lostListeners: Type.Array(Label, { maxItems: 1000 }),
});
export type DeployReport = Static<typeof DeployReport>;
