import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Sha256, Timestamp, Uuid } from '../fields.ts';
import { EndpointFilter, Name, PolicyDocument } from '../policy/index.ts';

/** A policy's text is bounded: the largest sane one has a few kilobytes. */
export const PolicyText = Type.String({ minLength: 1, maxLength: 262_144 });

/** What is wrong with a policy, or doubtful, and where. */
export const PolicyProblem = Type.Object({
  /** `rings[1].soak`; empty: the whole document. */
  path: Label,
  line: Type.Union([Count, Type.Null()]),
  column: Type.Union([Count, Type.Null()]),
  message: Prose,
  hint: Type.Union([Prose, Type.Null()]),
});
export type PolicyProblem = Static<typeof PolicyProblem>;

/** Of a policy that is another organisation's: it is changed and removed there. */
export const PolicyOrigin = Type.Object({
  /** The organisation's name. */
  from: Label,
  /** Nothing of one's own goes before it, and it can't be detached. */
  enforced: Type.Boolean(),
});
export type PolicyOrigin = Static<typeof PolicyOrigin>;

export const PolicySummary = Type.Object({
  id: Uuid,
  name: Name,
  /** null: the organisation's own. */
  inherited: Type.Union([PolicyOrigin, Type.Null()]),
  /** Whether the organisations below follow it too. */
  clients: Type.Union([Type.Literal('none'), Type.Literal('inherit'), Type.Literal('enforced')]),
  description: Prose,
  enabled: Type.Boolean(),
  priority: Count,
  version: Count,
  changedAt: Timestamp,
  changedBy: Label,
  ringNames: Type.Array(Name),
  /** Endpoints that follow it now. */
  endpointCount: Count,
  /** `second Tuesday + 4 days at 22:00 for 6 h (endpoint's time)`; empty: any time. */
  windowsInWords: Type.Array(Prose),
  nextWindowAt: Type.Union([Timestamp, Type.Null()]),
  /** When a rollout begins by itself next; null: when somebody starts it. */
  nextStartAt: Type.Union([Timestamp, Type.Null()]),
  /** The rollout under way; null: none. */
  activeRollout: Type.Union([Type.Object({ id: Uuid, name: Label, state: Label }), Type.Null()]),
});
export type PolicySummary = Static<typeof PolicySummary>;

export const PolicyList = Type.Object({
  items: Type.Array(PolicySummary),
  total: Count,
  /** Endpoints that follow no policy: nothing patches them by itself. */
  uncovered: Type.Object({ total: Count, first: Type.Array(Type.Object({ id: Uuid, hostname: Label })) }),
});
export type PolicyList = Static<typeof PolicyList>;

export const PolicyRingPreview = Type.Object({
  name: Name,
  endpointCount: Count,
  first: Type.Array(Type.Object({ id: Uuid, hostname: Label })),
});

/** What a policy means for the fleet as it is now. */
export const PolicyEffect = Type.Object({
  rings: Type.Array(PolicyRingPreview),
  /** In its scope, but following another policy. */
  overruled: Count,
  /** In its scope and in no ring. */
  ringless: Count,
  /** Updates that it would take now, by package and version. */
  updateCount: Count,
  soonestDeadline: Type.Union([Timestamp, Type.Null()]),
  nextWindows: Type.Array(Type.Object({ window: Name, timeZone: Label, startsAt: Timestamp, endsAt: Timestamp })),
});
export type PolicyEffect = Static<typeof PolicyEffect>;

export const PolicyVersion = Type.Object({
  version: Count,
  changedAt: Timestamp,
  changedBy: Label,
  note: Prose,
  /** What it changed to the version before, in words, at most 200. */
  changes: Type.Array(Type.Object({ path: Label, before: Prose, after: Prose, words: Prose })),
});
export type PolicyVersion = Static<typeof PolicyVersion>;

/** An organisation below one whose policy is for clients too. */
export const PolicyClient = Type.Object({
  id: Uuid,
  name: Label,
  /** `overridden`: it has an own policy of this name, or a nearer organisation has one for it. */
  state: Type.Union([Type.Literal('in-force'), Type.Literal('overridden')]),
  /** What stops its rollouts there: calendars, channels and repositories that it does not have. */
  doubts: Type.Array(Prose),
});
export type PolicyClient = Static<typeof PolicyClient>;

export const PolicyDetail = Type.Object({
  summary: PolicySummary,
  document: PolicyDocument,
  /** As it was written; printed anew when it came as JSON. */
  text: PolicyText,
  sha256: Sha256,
  warnings: Type.Array(PolicyProblem),
  effect: PolicyEffect,
  /** Where it holds below this organisation, of those in which the caller may read policies; null: it is for this one alone. */
  clients: Type.Union([Type.Array(PolicyClient), Type.Null()]),
  /** Newest first. */
  versions: Type.Array(PolicyVersion),
});
export type PolicyDetail = Static<typeof PolicyDetail>;

/** Exactly one of both. YAML 1.2 or JSON. */
const PolicySource = Type.Union([Type.Object({ text: PolicyText }), Type.Object({ document: Type.Unknown() })]);

export const ValidatePolicyRequest = PolicySource;
export type ValidatePolicyRequest = Static<typeof ValidatePolicyRequest>;
export const PolicyValidation = Type.Object({
  valid: Type.Boolean(),
  problems: Type.Array(PolicyProblem),
  warnings: Type.Array(PolicyProblem),
  /** Of a valid policy; else null. */
  document: Type.Union([PolicyDocument, Type.Null()]),
  text: Type.Union([PolicyText, Type.Null()]),
  effect: Type.Union([PolicyEffect, Type.Null()]),
});
export type PolicyValidation = Static<typeof PolicyValidation>;

/** 422 `policy-invalid` with `problems`; 409 `name-taken`. */
export const CreatePolicyRequest = Type.Intersect([PolicySource, Type.Object({ note: Type.Optional(Prose) })]);
export type CreatePolicyRequest = Static<typeof CreatePolicyRequest>;
/** 409 `changed-meanwhile` when `version` is not the newest. */
export const ChangePolicyRequest = Type.Intersect([
  PolicySource,
  Type.Object({ version: Count, note: Type.Optional(Prose) }),
]);
export type ChangePolicyRequest = Static<typeof ChangePolicyRequest>;

export const PolicyTemplateList = Type.Object({
  items: Type.Array(Type.Object({ name: Name, title: Label, text: PolicyText })),
});
export type PolicyTemplateList = Static<typeof PolicyTemplateList>;

/** Which policy an endpoint follows, and why not another one. */
export const EndpointPolicy = Type.Object({
  policy: Type.Union([Type.Object({ id: Uuid, name: Name, ring: Type.Union([Name, Type.Null()]) }), Type.Null()]),
  /** `this endpoint follows servers-weekly because …`. */
  because: Prose,
  others: Type.Array(Type.Object({ id: Uuid, name: Name, why: Prose })),
});
export type EndpointPolicy = Static<typeof EndpointPolicy>;

export const BlackoutCalendar = Type.Object({
  name: Name,
  changedAt: Timestamp,
  changedBy: Label,
  eventCount: Count,
  gaps: Type.Array(Prose),
  /** The next ones, at most 50. */
  next: Type.Array(Type.Object({ summary: Prose, startsAt: Timestamp, endsAt: Timestamp })),
  usedBy: Type.Array(Name),
});
export type BlackoutCalendar = Static<typeof BlackoutCalendar>;
export const BlackoutCalendarList = Type.Object({ items: Type.Array(BlackoutCalendar), total: Count });
export type BlackoutCalendarList = Static<typeof BlackoutCalendarList>;
/** RFC 5545 text. 422 `calendar-invalid`. */
export const PutCalendarRequest = Type.Object({ ics: Type.String({ minLength: 1, maxLength: 4_194_304 }) });

/** Nothing begins while it stands: on the whole fleet, or on those that the filter names. */
export const Freeze = Type.Object({
  id: Uuid,
  scope: EndpointFilter,
  scopeInWords: Prose,
  reason: Prose,
  startsAt: Timestamp,
  /** null: until somebody ends it. */
  endsAt: Type.Union([Timestamp, Type.Null()]),
  createdAt: Timestamp,
  createdBy: Label,
  endedAt: Type.Union([Timestamp, Type.Null()]),
  endedBy: Type.Union([Label, Type.Null()]),
  active: Type.Boolean(),
  endpointCount: Count,
});
export type Freeze = Static<typeof Freeze>;
export const FreezeList = Type.Object({ items: Type.Array(Freeze), total: Count });
export type FreezeList = Static<typeof FreezeList>;
export const CreateFreezeRequest = Type.Object(
  {
    scope: Type.Optional(EndpointFilter),
    reason: Type.String({ minLength: 1, maxLength: 2000 }),
    startsAt: Type.Optional(Timestamp),
    endsAt: Type.Optional(Timestamp),
  },
  { additionalProperties: false },
);
export type CreateFreezeRequest = Static<typeof CreateFreezeRequest>;

/** The calendar page: windows of policies, blackouts and freezes, and what is to happen in them. At most 62 days, 5,000 entries. */
export const WindowCalendar = Type.Object({
  from: Timestamp,
  to: Timestamp,
  items: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('window'), Type.Literal('blackout'), Type.Literal('freeze')]),
      name: Label,
      policy: Type.Union([Type.Object({ id: Uuid, name: Name }), Type.Null()]),
      timeZone: Label,
      startsAt: Timestamp,
      endsAt: Timestamp,
      /** Endpoints whose installation is planned in it, as far as rollouts are under way. */
      plannedCount: Count,
      /** Endpoints that may be worked on in it. */
      endpointCount: Count,
    }),
  ),
  truncated: Type.Boolean(),
});
export type WindowCalendar = Static<typeof WindowCalendar>;
export const WindowCalendarQuery = Type.Object({
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  policyId: Type.Optional(Uuid),
});
