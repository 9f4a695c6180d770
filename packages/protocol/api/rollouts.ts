import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Sha256, Timestamp, Uuid } from '../fields.ts';
import { Name } from '../policy/index.ts';
import { TargetState } from './runs.ts';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/**
 * `awaiting-approval` → `running` → `finished`; `halted` from running, and back; `rolling-back` → `rolled-back`; `cancelled`.
 */
export const RolloutState = Type.Union([
  Type.Literal('preparing'),
  Type.Literal('awaiting-approval'),
  Type.Literal('running'),
  Type.Literal('halted'),
  Type.Literal('rolling-back'),
  Type.Literal('rolled-back'),
  Type.Literal('finished'),
  Type.Literal('cancelled'),
]);
export type RolloutState = Static<typeof RolloutState>;

export const RingState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('open'),
  Type.Literal('soaking'),
  Type.Literal('gate'),
  Type.Literal('passed'),
  Type.Literal('halted'),
  Type.Literal('rolling-back'),
  Type.Literal('rolled-back'),
]);
export type RingState = Static<typeof RingState>;

export const RingCounts = Type.Object({
  done: Count,
  busy: Count,
  failed: Count,
  waiting: Count,
  offline: Count,
  'left-out': Count,
});

export const RolloutRing = Type.Object({
  name: Name,
  state: RingState,
  /** Why its gate is not passed, in words; empty: it is, or it has not begun. */
  explanation: Prose,
  memberCount: Count,
  counts: RingCounts,
  openedAt: nullable(Timestamp),
  /** As far as the plan can say. */
  predictedOpensAt: nullable(Timestamp),
  predictedEndsAt: nullable(Timestamp),
  predictedPassesAt: nullable(Timestamp),
  passedAt: nullable(Timestamp),
  /** Who passed its gate by hand; null: nobody had to. */
  skippedBy: nullable(Label),
  soakSeconds: Count,
  approvals: Type.Object({ required: Count, by: Type.Array(Label) }),
  probes: Type.Array(
    Type.Object({
      name: Name,
      query: Prose,
      bound: Label,
      value: nullable(Type.Number()),
      passed: Type.Boolean(),
      message: Prose,
      at: nullable(Timestamp),
    }),
  ),
  /** When installations of this ring are planned: starts per stretch, for the timeline; at most 200. */
  slots: Type.Array(Type.Object({ startsAt: Timestamp, endsAt: Timestamp, window: nullable(Name), count: Count })),
});
export type RolloutRing = Static<typeof RolloutRing>;

export const RolloutAction = Type.Union([
  Type.Literal('approve'),
  Type.Literal('halt'),
  Type.Literal('resume'),
  Type.Literal('skip-gate'),
  Type.Literal('roll-back'),
  Type.Literal('cancel'),
  Type.Literal('retry'),
  Type.Literal('block'),
]);
export type RolloutAction = Static<typeof RolloutAction>;

export const RolloutSummary = Type.Object({
  id: Uuid,
  name: Label,
  policy: Type.Object({ id: Uuid, name: Name, version: Count }),
  state: RolloutState,
  explanation: Prose,
  content: nullable(Type.Object({ snapshotId: Uuid, snapshotName: Label })),
  runId: nullable(Uuid),
  startedAt: Timestamp,
  /** A person, or `policy NAME` when its calendar or an urgent patch did. */
  startedBy: Label,
  endedAt: nullable(Timestamp),
  predictedEndsAt: nullable(Timestamp),
  memberCount: Count,
  counts: RingCounts,
  rings: Type.Array(Type.Object({ name: Name, state: RingState, memberCount: Count, doneCount: Count })),
  patchCount: Count,
  missCount: Count,
});
export type RolloutSummary = Static<typeof RolloutSummary>;
export const RolloutList = Type.Object({ items: Type.Array(RolloutSummary), total: Count });
export type RolloutList = Static<typeof RolloutList>;

export const RolloutMiss = Type.Object({
  patch: Label,
  deadline: Timestamp,
  endpointCount: Count,
  first: Type.Array(Label),
  lastAt: nullable(Timestamp),
  advice: Type.Array(Prose),
});

/** Something that was decided or happened: by whom, and why. Newest first. */
export const RolloutEvent = Type.Object({
  at: Timestamp,
  actor: Label,
  kind: Label,
  ring: nullable(Name),
  summary: Prose,
});
export type RolloutEvent = Static<typeof RolloutEvent>;

export const RolloutDetail = Type.Object({
  summary: RolloutSummary,
  rings: Type.Array(RolloutRing),
  /** What can be done with it now. */
  actions: Type.Array(RolloutAction),
  approvals: Type.Object({ required: Count, from: nullable(Type.Array(Label)), by: Type.Array(Label) }),
  patches: Type.Array(
    Type.Object({
      name: Label,
      version: Label,
      severity: Label,
      kev: Type.Boolean(),
      vulnerabilities: Type.Array(Label),
      deadline: nullable(Timestamp),
      deadlineBecause: Prose,
      endpointCount: Count,
      doneCount: Count,
    }),
  ),
  misses: Type.Array(RolloutMiss),
  /** Of its patches, what failed at other organisations of the same provider; empty where failures are not shared. */
  failedElsewhere: Type.Object({
    /** It is halted for that, until somebody lets it go on. */
    holds: Type.Boolean(),
    patches: Type.Array(
      Type.Object({
        name: Label,
        version: Label,
        /** null: too few to be counted. */
        organisationCount: nullable(Count),
        /** os-release ids. */
        platforms: Type.Array(Label),
        /** Of the last failure that was known when it was told: `2026-05-10`. */
        day: Label,
      }),
    ),
  }),
  events: Type.Array(RolloutEvent),
  /** The plan that is followed now, and the one it came from. */
  plan: nullable(Type.Object({ id: Uuid, parentId: nullable(Uuid), number: Count, madeAt: Timestamp, sha256: Sha256 })),
});
export type RolloutDetail = Static<typeof RolloutDetail>;

export const RolloutMember = Type.Object({
  endpointId: Uuid,
  hostname: Label,
  ring: Name,
  /** Of its part in the run; null: it was not asked for its transaction yet. */
  state: nullable(TargetState),
  outcome: Type.Union([
    Type.Literal('done'),
    Type.Literal('busy'),
    Type.Literal('failed'),
    Type.Literal('waiting'),
    Type.Literal('offline'),
    Type.Literal('left-out'),
  ]),
  /** What it waits for, in words; or what became of it. */
  explanation: Prose,
  /** The kind of wait, for filters and colours; null: it waits for nothing. */
  wait: nullable(Label),
  waitsUntil: nullable(Timestamp),
  slot: nullable(Type.Object({ startsAt: Timestamp, startBefore: Timestamp, window: nullable(Name) })),
  deadline: nullable(Timestamp),
  trial: nullable(
    Type.Union([Type.Literal('under-way'), Type.Literal('passed'), Type.Literal('failed'), Type.Literal('impossible')]),
  ),
  generation: Count,
  hold: nullable(Type.Object({ by: Label, reason: Prose, until: nullable(Timestamp) })),
});
export type RolloutMember = Static<typeof RolloutMember>;
export const RolloutMemberList = Type.Object({
  items: Type.Array(RolloutMember),
  total: Count,
  nextCursor: nullable(Type.String()),
});
export type RolloutMemberList = Static<typeof RolloutMemberList>;
export const RolloutMemberQuery = Type.Object({
  ring: Type.Optional(Name),
  outcome: Type.Optional(Label),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});
export type RolloutMemberQuery = Static<typeof RolloutMemberQuery>;

/** 409 `rollout-active`, `nothing-to-do`, `policy-disabled`, `no-endpoints`; the snapshot's own refusals. */
export const StartRolloutRequest = Type.Object({
  policyId: Uuid,
  name: Type.Optional(Label),
  /** Instead of what the policy says. */
  snapshotId: Type.Optional(Uuid),
});
export type StartRolloutRequest = Static<typeof StartRolloutRequest>;

const reason = Type.String({ minLength: 1, maxLength: 2000 });
const some = Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 100_000 }));

/** Approves the whole rollout, or one ring (its gate's approvals). One person counts once. */
export const ApproveRolloutRequest = Type.Object({ ring: Type.Optional(Name) });
export const HaltRolloutRequest = Type.Object({ reason });
export const SkipGateRequest = Type.Object({ ring: Name, reason });
/** Left out: every ring, every endpoint that can go back. */
export const RollBackRolloutRequest = Type.Object({ ring: Type.Optional(Name), endpoints: some, reason });
export const HoldRequest = Type.Object({
  endpoints: Type.Array(Uuid, { minItems: 1, maxItems: 100_000 }),
  reason,
  until: Type.Optional(Timestamp),
});
export const ReleaseRequest = Type.Object({ endpoints: Type.Array(Uuid, { minItems: 1, maxItems: 100_000 }) });
export const RetryMembersRequest = Type.Object({ endpoints: some });
/** Recalls what failed endpoints of a ring installed, fleet-wide. */
export const BlockFailedRequest = Type.Object({ ring: Type.Optional(Name), reason });

/** Why an endpoint is not patched: everything that stands between it and each pending update. */
export const WhyNotPatched = Type.Object({
  /** One sentence: `web3 waits for its window: Saturday 22:00 (Europe/Berlin), in 3 days`. */
  summary: Prose,
  policy: nullable(Type.Object({ id: Uuid, name: Name, ring: nullable(Name), because: Prose })),
  rollout: nullable(Type.Object({ id: Uuid, name: Label, state: RolloutState })),
  steps: Type.Array(
    Type.Object({
      /** `policy`, `selection`, `approval`, `ring`, `trial`, `window` ... */
      name: Label,
      state: Type.Union([Type.Literal('passed'), Type.Literal('waits'), Type.Literal('later'), Type.Literal('failed')]),
      words: Prose,
      until: nullable(Timestamp),
    }),
  ),
  updates: Type.Array(
    Type.Object({
      package: Label,
      installed: Label,
      candidate: Label,
      security: Type.Boolean(),
      taken: Type.Boolean(),
      because: Prose,
      deadline: nullable(Timestamp),
    }),
  ),
  updateCount: Count,
});
export type WhyNotPatched = Static<typeof WhyNotPatched>;

/** Plans of a rollout, newest first: each is its parent and what it changed. */
export const RolloutPlanList = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Uuid,
      parentId: nullable(Uuid),
      number: Count,
      madeAt: Timestamp,
      sha256: Sha256,
      changedCount: Count,
      actions: Type.Array(Prose),
    }),
  ),
  total: Count,
});
export type RolloutPlanList = Static<typeof RolloutPlanList>;
