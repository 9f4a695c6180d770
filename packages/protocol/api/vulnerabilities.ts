import { Type, type Static } from 'typebox';
import { Count, Gap, Label, Prose, Timestamp, Uuid } from '../fields.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/** CVE-2024-1234, GHSA-…, or a publisher's own number where there is neither. */
export const VulnerabilityId = Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' });

export const Severity = Type.Union([
  Type.Literal('critical'),
  Type.Literal('high'),
  Type.Literal('medium'),
  Type.Literal('low'),
  Type.Literal('none'),
  Type.Literal('unknown'),
]);
export type Severity = Static<typeof Severity>;

/** SSVC, the deployer's decision: Track, Track*, Attend, Act. */
export const SsvcDecision = Type.Union([
  Type.Literal('track'),
  Type.Literal('track-star'),
  Type.Literal('attend'),
  Type.Literal('act'),
]);
export type SsvcDecision = Static<typeof SsvcDecision>;

export const FixState = Type.Union([
  Type.Literal('fixed'),
  Type.Literal('none'),
  Type.Literal('wont-fix'),
  Type.Literal('deferred'),
  Type.Literal('end-of-life'),
  Type.Literal('unknown'),
]);
export type FixState = Static<typeof FixState>;

export const PriorityStep = Type.Object({ name: Label, value: Label, points: Type.Number(), why: Prose });
/** A score with its whole arithmetic, so that a person can do it again by hand. */
export const ExplainedPriority = Type.Object({
  score: Type.Number({ minimum: 0, maximum: 100 }),
  severity: Severity,
  decision: SsvcDecision,
  decisionWhy: Prose,
  steps: Type.Array(PriorityStep),
  /** Set when the organisation replaced what was computed. */
  override: orNull(Type.Object({ reason: Prose, by: Label, at: Timestamp })),
});
export type ExplainedPriority = Static<typeof ExplainedPriority>;

/** One vulnerability across the fleet. */
export const VulnerabilitySummary = Type.Object({
  id: VulnerabilityId,
  title: Label,
  severity: Severity,
  cvss: orNull(Type.Number()),
  epss: orNull(Type.Number()),
  kev: orNull(Type.Object({ addedOn: Label, dueOn: orNull(Label) })),
  exploited: Type.Boolean(),
  exploitPublic: Type.Boolean(),
  score: Type.Number(),
  decision: SsvcDecision,
  /** Source packages (or component names) that it is in here. */
  packages: Type.Array(Label),
  fixState: FixState,
  /** Endpoints on which it is open now, accepted ones apart. */
  endpointCount: Count,
  acceptedCount: Count,
  /** Installed fixes that are not effective yet. */
  notEffectiveCount: Count,
  firstSeenAt: Timestamp,
});
export type VulnerabilitySummary = Static<typeof VulnerabilitySummary>;
export const VulnerabilityList = Type.Object({
  items: Type.Array(VulnerabilitySummary),
  total: Count,
  nextCursor: orNull(Type.String()),
});
export type VulnerabilityList = Static<typeof VulnerabilityList>;
export const VulnerabilityListQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  severity: Type.Optional(Severity),
  decision: Type.Optional(SsvcDecision),
  kev: Type.Optional(Type.Boolean()),
  fixState: Type.Optional(FixState),
  /** Also those that only accepted or unimportant findings have. */
  all: Type.Optional(Type.Boolean()),
  sort: Type.Optional(
    Type.Union([
      Type.Literal('score'),
      Type.Literal('id'),
      Type.Literal('cvss'),
      Type.Literal('epss'),
      Type.Literal('endpointCount'),
      Type.Literal('firstSeenAt'),
    ]),
  ),
  direction: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});
export type VulnerabilityListQuery = Static<typeof VulnerabilityListQuery>;

/** One claim of one record held against one package: the argument as it was made. */
export const VerdictEvidence = Type.Object({
  feed: Label,
  advisory: Label,
  recordSha256: Label,
  rule: Label,
  /** The rule in words with the values put in. */
  text: Prose,
  outcome: Type.Union([Type.Literal('affected'), Type.Literal('not-affected'), Type.Literal('unknown')]),
  installed: Label,
  boundary: orNull(Label),
  comparison: orNull(Type.Union([Type.Literal('<'), Type.Literal('='), Type.Literal('>')])),
  scheme: Label,
  vendorStatus: orNull(Label),
});
export const ExplainedVerdict = Type.Object({
  vulnerability: VulnerabilityId,
  outcome: Type.Union([Type.Literal('affected'), Type.Literal('not-affected'), Type.Literal('unknown')]),
  package: Label,
  version: Label,
  source: orNull(Label),
  sourceVersion: orNull(Label),
  architecture: orNull(Label),
  namespace: Label,
  origin: Label,
  purl: Label,
  fixState: FixState,
  fixedVersion: orNull(Label),
  fixChannel: orNull(Label),
  vendorStatus: orNull(Label),
  evidence: Type.Array(VerdictEvidence),
});
export type ExplainedVerdict = Static<typeof ExplainedVerdict>;

export const AffectedEndpoint = Type.Object({
  endpointId: Uuid,
  hostname: Label,
  package: Label,
  installed: Label,
  fixedVersion: orNull(Label),
  state: Type.Union([
    Type.Literal('open'),
    Type.Literal('scheduled'),
    Type.Literal('installed-not-effective'),
    Type.Literal('accepted'),
    Type.Literal('closed'),
  ]),
  explanation: Prose,
  runtime: Label,
  since: Timestamp,
  until: orNull(Timestamp),
});
export type AffectedEndpoint = Static<typeof AffectedEndpoint>;
export const AffectedEndpointList = Type.Object({ items: Type.Array(AffectedEndpoint), total: Count });
export type AffectedEndpointList = Static<typeof AffectedEndpointList>;

export const Exception = Type.Object({
  id: Uuid,
  vulnerability: VulnerabilityId,
  /** Null: every package. */
  package: orNull(Label),
  /** Null: every endpoint of the organisation. */
  endpointId: orNull(Uuid),
  hostname: orNull(Label),
  /** `accepted` a risk that somebody bears; the others are VEX's justifications of `not affected`. */
  kind: Type.Union([Type.Literal('accepted'), Type.Literal('not-affected'), Type.Literal('false-positive')]),
  /** VEX: `component_not_present`, `vulnerable_code_not_in_execute_path`, …; null for an accepted risk. */
  justification: orNull(Label),
  reason: Prose,
  owner: Label,
  createdBy: Label,
  createdAt: Timestamp,
  /** When it ends by itself. An accepted risk always has an end. */
  expiresAt: orNull(Timestamp),
  revokedAt: orNull(Timestamp),
  active: Type.Boolean(),
});
export type Exception = Static<typeof Exception>;
export const ExceptionList = Type.Object({ items: Type.Array(Exception), total: Count });
export type ExceptionList = Static<typeof ExceptionList>;
export const CreateExceptionRequest = Type.Object({
  vulnerability: VulnerabilityId,
  package: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  endpointId: Type.Optional(Uuid),
  kind: Exception.properties.kind,
  justification: Type.Optional(Type.String({ maxLength: 128 })),
  reason: Type.String({ minLength: 3, maxLength: 4000 }),
  owner: Type.String({ minLength: 1, maxLength: 200 }),
  expiresAt: Type.Optional(Timestamp),
});
export type CreateExceptionRequest = Static<typeof CreateExceptionRequest>;

export const OverrideRequest = Type.Object({
  severity: Type.Optional(Severity),
  decision: Type.Optional(SsvcDecision),
  score: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  reason: Type.String({ minLength: 3, maxLength: 4000 }),
});
export type OverrideRequest = Static<typeof OverrideRequest>;

export const VulnerabilityDetail = Type.Object({
  summary: VulnerabilitySummary,
  description: Prose,
  aliases: Type.Array(Label),
  status: Type.Union([Type.Literal('published'), Type.Literal('rejected'), Type.Literal('unknown')]),
  published: orNull(Timestamp),
  modified: orNull(Timestamp),
  cvss: Type.Array(Type.Object({ vector: Label, version: Label, score: orNull(Type.Number()), source: Label })),
  cwe: Type.Array(Label),
  epss: orNull(Type.Object({ probability: Type.Number(), percentile: Type.Number(), scoredOn: orNull(Label) })),
  kev: orNull(
    Type.Object({
      addedOn: Label,
      dueOn: orNull(Label),
      ransomware: orNull(Type.Boolean()),
      title: Label,
      requiredAction: Prose,
    }),
  ),
  ssvc: orNull(Type.Object({ exploitation: Label, automatable: Type.Boolean(), technicalImpact: Label })),
  exploits: orNull(
    Type.Object({
      sources: Type.Array(Type.Object({ name: Label, count: Count })),
      maturity: orNull(Label),
      lastOn: orNull(Label),
    }),
  ),
  priority: ExplainedPriority,
  advisories: Type.Array(
    Type.Object({
      feed: Label,
      id: Label,
      title: Label,
      severity: orNull(Label),
      published: orNull(Timestamp),
      url: orNull(Type.String({ maxLength: 4096 })),
      recordSha256: Label,
    }),
  ),
  references: Type.Array(Type.Object({ kind: Label, url: Type.String({ maxLength: 4096 }) })),
  /** Distinct affected package versions, the explanation of each, and on how many endpoints each is. */
  software: Type.Array(Type.Object({ verdict: ExplainedVerdict, endpointCount: Count })),
  exceptions: Type.Array(Exception),
  /** Endpoints on which it was open at the end of each day, oldest first, at most 90 points. */
  trend: Type.Array(Type.Object({ at: Timestamp, endpointCount: Count })),
});
export type VulnerabilityDetail = Static<typeof VulnerabilityDetail>;

/** One vulnerability in one package of one endpoint. */
export const EndpointVulnerability = Type.Object({
  id: VulnerabilityId,
  title: Label,
  package: Label,
  source: orNull(Label),
  installed: Label,
  fixedVersion: orNull(Label),
  fixState: FixState,
  vendorStatus: orNull(Label),
  state: AffectedEndpoint.properties.state,
  explanation: Prose,
  severity: Severity,
  cvss: orNull(Type.Number()),
  epss: orNull(Type.Number()),
  kev: Type.Boolean(),
  score: Type.Number(),
  decision: SsvcDecision,
  /** `dormant`, `running`, `listens-on-loopback`, `listens-beyond`, `unknown`; `left-over-kernel` for one that does not run. */
  runtime: Label,
  since: Timestamp,
  until: orNull(Timestamp),
});
export type EndpointVulnerability = Static<typeof EndpointVulnerability>;
export const EndpointVulnerabilityList = Type.Object({
  items: Type.Array(EndpointVulnerability),
  total: Count,
  /** What could not be assessed on this endpoint. */
  gaps: Type.Array(Gap),
  /** The moment for which it holds. */
  asOf: Timestamp,
});
export type EndpointVulnerabilityList = Static<typeof EndpointVulnerabilityList>;

/** The answer to: why do you say so? */
export const Explanation = Type.Object({
  vulnerability: VulnerabilityId,
  subject: Label,
  asOf: Timestamp,
  /** Whole argument as plain text, for terminals and tickets. */
  text: Type.String({ maxLength: 200_000 }),
  verdicts: Type.Array(ExplainedVerdict),
  gaps: Type.Array(Gap),
  priority: orNull(ExplainedPriority),
});
export type Explanation = Static<typeof Explanation>;

/** What could not be assessed, grouped: unknown is shown, never counted as safe. */
export const FleetGap = Type.Object({
  reason: Label,
  what: Label,
  why: Prose,
  endpointCount: Count,
  packageCount: Count,
  endpoints: Type.Array(Type.Object({ id: Uuid, hostname: Label })),
});
export type FleetGap = Static<typeof FleetGap>;
export const FleetGapList = Type.Object({ items: Type.Array(FleetGap), total: Count });
export type FleetGapList = Static<typeof FleetGapList>;

export const RiskSeries = Type.Object({
  /** End of each day, oldest first, at most 90 points; from the facts' intervals, never from counters. */
  points: Type.Array(
    Type.Object({
      at: Timestamp,
      critical: Count,
      high: Count,
      medium: Count,
      low: Count,
      unknown: Count,
      exploited: Count,
      /** Sum of the open findings' scores. */
      risk: Type.Number(),
    }),
  ),
  /** Median days from the first sight of a finding to its effective fix, by severity, of the last 90 days. */
  medianDaysToRemediate: Type.Array(Type.Object({ severity: Severity, days: orNull(Type.Number()), count: Count })),
  /** Days, summed over endpoints, on which an exploited vulnerability with a known fix was open in the last 90 days. */
  exploitedExposureDays: Type.Number(),
});
export type RiskSeries = Static<typeof RiskSeries>;

/** The fewest updates that remove the most risk, in order. */
export const NextPatches = Type.Object({
  items: Type.Array(
    Type.Object({
      /** What to update: the source package, and the version that closes it. */
      source: Label,
      packages: Type.Array(Label),
      fixedVersion: Label,
      endpointCount: Count,
      vulnerabilityCount: Count,
      exploitedCount: Count,
      riskRemoved: Type.Number(),
      /** Share of all open risk that is gone after this and all before it, 0 to 1. */
      cumulativeShare: Type.Number(),
      needsReboot: Type.Boolean(),
      endpoints: Type.Array(Type.Object({ id: Uuid, hostname: Label })),
      top: Type.Array(VulnerabilityId),
    }),
  ),
  totalRisk: Type.Number(),
  /** What stays when all are installed, by reason: no fix, postponed, accepted, … */
  remaining: Type.Array(Type.Object({ reason: Label, risk: Type.Number(), count: Count })),
});
export type NextPatches = Static<typeof NextPatches>;
