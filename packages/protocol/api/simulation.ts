import { Type, type Static } from 'typebox';
import { Count, Gap, Label, PackageName, Prose, Timestamp, Uuid } from '../fields.ts';
import { PolicyDocument } from '../policy/index.ts';

// The coming weeks, computed by the planner itself in virtual time. What is shown is bounded: lists are cut and say so by their
// total, curves are thinned out.

export const SIMULATION_LIMITS = {
  days: 365,
  /** Of a curve; a screen has not many more columns. */
  points: 500,
  /** Of a list that people read. */
  items: 1000,
  misses: 200,
  rollouts: 200,
  /** Of what is assumed beside the present state. */
  whatIfs: 100,
  names: 10,
} as const;

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** What is assumed to happen besides what is known now. */
export const WhatIf = Type.Union([
  /** The package's newest vulnerability is listed as exploited from that moment. `due`: left out: three weeks later, as most entries have it. */
  Type.Object({
    kind: Type.Literal('kev'),
    package: PackageName,
    at: Timestamp,
    due: Type.Optional(Timestamp),
  }),
  /** An update of the package is published. Left out: critical, for every endpoint. */
  Type.Object({
    kind: Type.Literal('update'),
    package: PackageName,
    at: Timestamp,
    severity: Type.Optional(
      Type.Union([Type.Literal('critical'), Type.Literal('high'), Type.Literal('medium'), Type.Literal('low')]),
    ),
    /** Share of the endpoints that have it, in percent. Default 100. */
    percent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
]);
export type WhatIf = Static<typeof WhatIf>;

export const SimulateRequest = Type.Object({
  /** A draft that takes the place of the policy of its name; left out: the policies as they are. */
  policy: Type.Optional(PolicyDocument),
  /** Only this policy's endpoints; left out: of the draft, or of all policies. */
  policyName: Type.Optional(Label),
  /** A second draft to compare with: the same fleet, the same days, the same chances. `present`: the policies as they are. */
  compareWith: Type.Optional(Type.Union([PolicyDocument, Type.Literal('present')])),
  days: Type.Integer({ minimum: 1, maximum: SIMULATION_LIMITS.days }),
  /** Left out: now. */
  startAt: Type.Optional(Timestamp),
  /** Chances of failures and absences are drawn from this seed; null or left out: nothing fails and everybody is there. */
  faultsSeed: Type.Optional(orNull(Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }))),
  /** Made-up updates that are published each week, besides those that are pending. Default 0. */
  updatesPerWeek: Type.Optional(Type.Integer({ minimum: 0, maximum: 500 })),
  whatIf: Type.Optional(Type.Array(WhatIf, { maxItems: SIMULATION_LIMITS.whatIfs })),
});
export type SimulateRequest = Static<typeof SimulateRequest>;

/** One update on one endpoint. */
export const SimulatedPatch = Type.Object({
  endpointId: Label,
  hostname: Label,
  /** `openssl 3.0.22-1`. */
  patch: Label,
  policy: Label,
  ring: orNull(Label),
  /** When it could be had. */
  since: Timestamp,
  /** When it was installed and effective; null: not within these days. */
  installedAt: orNull(Timestamp),
  deadline: orNull(Timestamp),
  missed: Type.Boolean(),
  /** Why it has it not, at the end of these days; empty: it has it. */
  why: Prose,
});
export type SimulatedPatch = Static<typeof SimulatedPatch>;

export const SimulatedRing = Type.Object({
  name: Label,
  members: Count,
  done: Count,
  failed: Count,
  opensAt: orNull(Timestamp),
  /** When its last endpoint was through. */
  endsAt: orNull(Timestamp),
  /** When its gate was passed; null: not within these days. */
  passesAt: orNull(Timestamp),
  /** Why it did not pass; empty: it passed. */
  why: Prose,
});
export type SimulatedRing = Static<typeof SimulatedRing>;

export const SimulatedRollout = Type.Object({
  name: Label,
  policy: Label,
  startsAt: Timestamp,
  endsAt: orNull(Timestamp),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('finished'),
    Type.Literal('halted'),
    Type.Literal('rolled-back'),
    Type.Literal('cancelled'),
  ]),
  endpoints: Count,
  patches: Count,
  rings: Type.Array(SimulatedRing, { maxItems: 20 }),
  explanation: Prose,
});
export type SimulatedRollout = Static<typeof SimulatedRollout>;

export const SimulatedMiss = Type.Object({
  patch: Label,
  deadline: Timestamp,
  endpoints: Count,
  /** Host names of the first of them. */
  first: Type.Array(Label, { maxItems: SIMULATION_LIMITS.names }),
  /** When the last of them has it; null: not within these days. */
  lastAt: orNull(Timestamp),
  /** What would make it hold, as the planner computed it. */
  advice: Type.Array(Prose, { maxItems: 10 }),
});
export type SimulatedMiss = Static<typeof SimulatedMiss>;

export const WindowLoad = Type.Object({
  /** The window's name; `any time` for policies without windows, then a day of UTC. */
  window: Label,
  policy: Label,
  startsAt: Timestamp,
  endsAt: Timestamp,
  installations: Count,
  reboots: Count,
  /** Most that were worked on at one moment. */
  atOnce: Count,
  /** Bytes that endpoints fetched for it. */
  bytes: Count,
});
export type WindowLoad = Static<typeof WindowLoad>;

export const SimulationTotals = Type.Object({
  endpoints: Count,
  /** Endpoints that none of the policies takes. */
  withoutPolicy: Count,
  /** Pairs of an endpoint and an update that it lacks, or will lack. */
  pending: Count,
  installed: Count,
  /** Not installed at the end of these days. */
  open: Count,
  misses: Count,
  failures: Count,
  rolledBack: Count,
  reboots: Count,
  bytes: Count,
  /** Sum over endpoints and updates of the days for which each was open: what is exposed for how long. */
  exposureDays: Type.Number(),
  /** From when an update could be had until it was effective, over those that were installed; null: none was. */
  medianDays: orNull(Type.Number()),
  p95Days: orNull(Type.Number()),
});
export type SimulationTotals = Static<typeof SimulationTotals>;

export const SimulationResult = Type.Object({
  startsAt: Timestamp,
  endsAt: Timestamp,
  days: Count,
  policies: Type.Array(Label, { maxItems: SIMULATION_LIMITS.items }),
  faultsSeed: orNull(Count),
  /** The result in sentences, the most important first. */
  summary: Type.Array(Prose, { maxItems: 50 }),
  totals: SimulationTotals,
  /** How much is open, over time: pairs of endpoint and update, those past their deadline, and their risk added. */
  exposure: Type.Array(
    Type.Object({ at: Timestamp, open: Count, overdue: Count, exploited: Count, risk: Type.Number() }),
    { maxItems: SIMULATION_LIMITS.points },
  ),
  misses: Type.Object({ total: Count, items: Type.Array(SimulatedMiss, { maxItems: SIMULATION_LIMITS.misses }) }),
  windows: Type.Object({ total: Count, items: Type.Array(WindowLoad, { maxItems: SIMULATION_LIMITS.items }) }),
  /** Bytes that endpoints fetch, by day of UTC. */
  traffic: Type.Array(Type.Object({ day: Timestamp, bytes: Count }), { maxItems: SIMULATION_LIMITS.days + 1 }),
  rollouts: Type.Object({
    total: Count,
    items: Type.Array(SimulatedRollout, { maxItems: SIMULATION_LIMITS.rollouts }),
  }),
  /** Those that miss their deadline first, then the last to be patched. */
  timeline: Type.Object({ total: Count, items: Type.Array(SimulatedPatch, { maxItems: SIMULATION_LIMITS.items }) }),
  /** What was assumed because it is not known. */
  gaps: Type.Array(Gap, { maxItems: 100 }),
});
export type SimulationResult = Static<typeof SimulationResult>;

/** One figure of two results beside each other. */
export const SimulationDifference = Type.Object({
  /** `deadline misses`, `exposure (days)`. */
  what: Label,
  before: orNull(Type.Number()),
  after: orNull(Type.Number()),
  /** null: it is neither better nor worse, only different. */
  better: orNull(Type.Boolean()),
  words: Prose,
});
export type SimulationDifference = Static<typeof SimulationDifference>;

export const SimulationComparison = Type.Object({
  summary: Type.Array(Prose, { maxItems: 50 }),
  differences: Type.Array(SimulationDifference, { maxItems: 50 }),
});
export type SimulationComparison = Static<typeof SimulationComparison>;

export const SimulateReply = Type.Object({
  result: SimulationResult,
  /** Of `compareWith`; null: nothing was compared. */
  compared: orNull(Type.Object({ result: SimulationResult, comparison: SimulationComparison })),
});
export type SimulateReply = Static<typeof SimulateReply>;

/** One simulation that the server computes. Kept for a day. */
export const SimulationJob = Type.Object({
  id: Uuid,
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed'), Type.Literal('cancelled')]),
  createdAt: Timestamp,
  createdBy: Label,
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
  /** Why it failed; null: it did not. */
  error: orNull(Prose),
  /** null: it is not done. */
  reply: orNull(SimulateReply),
});
export type SimulationJob = Static<typeof SimulationJob>;
