import { Type, type Static } from 'typebox';
import { Architecture, Count, Label, Prose, Timestamp, Uuid } from '../fields.ts';
import { InstalledPackage, System, Update } from '../documents/index.ts';
import { Wait } from '../orders/index.ts';
import { LabelKey, LabelValue, Name, ZoneWord } from '../policy/index.ts';

/**
 * What an endpoint's patching is like now, in one word, for colours and filters:
 * `current` nothing pending · `pending` updates, none of security · `exposed` security updates pending ·
 * `patching` an order is under way · `waits` installed, not yet effective · `failed` the last order failed ·
 * `stale` silent for longer than three check-ins · `unknown` not yet scanned, or the scan has gaps
 */
export const EndpointState = Type.Union([
  Type.Literal('current'),
  Type.Literal('pending'),
  Type.Literal('exposed'),
  Type.Literal('patching'),
  Type.Literal('waits'),
  Type.Literal('failed'),
  Type.Literal('stale'),
  Type.Literal('unknown'),
]);
export type EndpointState = Static<typeof EndpointState>;

/** `role=web`: a key and its value. */
const Labels = Type.Record(LabelKey, LabelValue, { additionalProperties: false, maxProperties: 100 });
const Groups = Type.Array(Name, { maxItems: 100, uniqueItems: true });

export const EndpointSummary = Type.Object({
  id: Uuid,
  hostname: Label,
  os: Label,
  osId: Label,
  architecture: Architecture,
  kernel: Label,
  state: EndpointState,
  /** The state in words: `waits for reboot: kernel 6.1.0-40 installed, 6.1.0-37 running`. */
  explanation: Prose,
  packageCount: Count,
  updateCount: Count,
  securityUpdateCount: Count,
  openFindingCount: Count,
  enrolledAt: Timestamp,
  lastSeenAt: Type.Union([Timestamp, Type.Null()]),
  /** It holds a request open, so orders reach it within seconds. */
  connected: Type.Boolean(),
  agentVersion: Label,
  rebootRequired: Type.Boolean(),
  /** What policies sort it by; missing: an older server. */
  labels: Type.Optional(Labels),
  groups: Type.Optional(Groups),
  /** Empty: not said. */
  site: Type.Optional(Label),
  /** It gets neither orders nor content; left out: it does. */
  standing: Type.Optional(Type.Union([Type.Literal('waiting'), Type.Literal('quarantined')])),
});
export type EndpointSummary = Static<typeof EndpointSummary>;

export const EndpointList = Type.Object({
  items: Type.Array(EndpointSummary),
  total: Count,
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});
export type EndpointList = Static<typeof EndpointList>;

/** Which endpoints: all that is given must hold. */
export const EndpointSearch = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  state: Type.Optional(EndpointState),
  /** Only endpoints that have a pending update of this package. */
  update: Type.Optional(Type.String({ maxLength: 255 })),
  /** `KEY=VALUE`, each of which must hold. */
  label: Type.Optional(
    Type.Array(Type.String({ maxLength: 200, pattern: '^[a-z0-9][a-z0-9._/-]{0,62}=.+$' }), { maxItems: 20 }),
  ),
  group: Type.Optional(Name),
  site: Type.Optional(LabelValue),
});
export type EndpointSearch = Static<typeof EndpointSearch>;

export const EndpointListQuery = Type.Object({
  ...EndpointSearch.properties,
  sort: Type.Optional(
    Type.Union([
      Type.Literal('hostname'),
      Type.Literal('state'),
      Type.Literal('securityUpdateCount'),
      Type.Literal('updateCount'),
      Type.Literal('lastSeenAt'),
      Type.Literal('os'),
    ]),
  ),
  direction: Type.Optional(Type.Union([Type.Literal('asc'), Type.Literal('desc')])),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  cursor: Type.Optional(Type.String({ maxLength: 512 })),
});
export type EndpointListQuery = Static<typeof EndpointListQuery>;

/** What people say of an endpoint; `unknown` until they do, and then priorities take the middle. */
export const EndpointAsset = Type.Object({
  criticality: Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high'), Type.Literal('unknown')]),
  /** From where it can be reached. */
  exposure: Type.Union([
    Type.Literal('isolated'),
    Type.Literal('internal'),
    Type.Literal('internet'),
    Type.Literal('unknown'),
  ]),
  /** Where it stands: relays of this site are asked first. Empty: not said. */
  site: Type.Optional(Type.String({ maxLength: 100 })),
  /** What policies and budgets sort endpoints by: `role=web`. Stated as a whole. */
  labels: Type.Optional(Labels),
  groups: Type.Optional(Groups),
  /** IANA zone in which its windows are; empty: the server's. */
  timeZone: Type.Optional(Type.Union([Type.Literal(''), ZoneWord])),
});
export type EndpointAsset = Static<typeof EndpointAsset>;

/** Sorts many endpoints at once; what is not named stays. 422 `too-many-labels`, `unknown-time-zone`. */
export const LabelEndpointsRequest = Type.Object(
  {
    /** These, or all that a search of the list finds. */
    endpoints: Type.Union([Type.Array(Uuid, { minItems: 1, maxItems: 100_000 }), EndpointSearch]),
    set: Type.Optional(Labels),
    unset: Type.Optional(Type.Array(LabelKey, { maxItems: 100 })),
    addGroups: Type.Optional(Groups),
    removeGroups: Type.Optional(Groups),
    site: EndpointAsset.properties.site,
    timeZone: EndpointAsset.properties.timeZone,
  },
  { additionalProperties: false },
);
export type LabelEndpointsRequest = Static<typeof LabelEndpointsRequest>;
/** How many endpoints were named, and how many of them are different now. */
export const LabelEndpointsReply = Type.Object({ named: Count, changed: Count });
export type LabelEndpointsReply = Static<typeof LabelEndpointsReply>;

export const EndpointDetail = Type.Object({
  summary: EndpointSummary,
  /** null: the endpoint has not reported it yet. */
  system: Type.Union([System, Type.Null()]),
  waits: Type.Array(Wait),
  gaps: Type.Array(Type.Object({ what: Label, why: Prose })),
  manifestSha256: Type.Union([Type.String(), Type.Null()]),
});
export type EndpointDetail = Static<typeof EndpointDetail>;

export const EndpointPackages = Type.Object({ items: Type.Array(InstalledPackage), total: Count });
export type EndpointPackages = Static<typeof EndpointPackages>;

export const EndpointUpdates = Type.Object({
  items: Type.Array(Update),
  checkedAt: Type.Union([Timestamp, Type.Null()]),
});
export type EndpointUpdates = Static<typeof EndpointUpdates>;

/**
 * A missing security update on one endpoint and its life; never deleted. Until advisories are assessed, the vendor's
 * security pocket is what makes an update a finding.
 */
export const Finding = Type.Object({
  id: Uuid,
  endpointId: Uuid,
  hostname: Label,
  package: Label,
  architecture: Architecture,
  source: Label,
  installed: Label,
  fixed: Label,
  state: Type.Union([
    Type.Literal('open'),
    Type.Literal('scheduled'),
    Type.Literal('installed-not-effective'),
    Type.Literal('closed'),
  ]),
  explanation: Prose,
  openedAt: Timestamp,
  closedAt: Type.Union([Timestamp, Type.Null()]),
});
export type Finding = Static<typeof Finding>;

export const FindingList = Type.Object({ items: Type.Array(Finding), total: Count });
export type FindingList = Static<typeof FindingList>;

/** Something that happened to an endpoint, newest first. */
export const HistoryEvent = Type.Object({
  at: Timestamp,
  kind: Label,
  message: Prose,
  runId: Type.Union([Uuid, Type.Null()]),
});
export const EndpointHistory = Type.Object({ items: Type.Array(HistoryEvent) });
export type EndpointHistory = Static<typeof EndpointHistory>;

/** One update across the fleet: the same package to the same version. */
export const FleetUpdate = Type.Object({
  name: Label,
  candidate: Label,
  source: Label,
  security: Type.Boolean(),
  origin: Label,
  downloadBytes: Count,
  endpointCount: Count,
  endpoints: Type.Array(Type.Object({ id: Uuid, hostname: Label, installed: Label })),
});
export type FleetUpdate = Static<typeof FleetUpdate>;

export const FleetUpdateList = Type.Object({ items: Type.Array(FleetUpdate), total: Count });
export type FleetUpdateList = Static<typeof FleetUpdateList>;

export const OverviewPoint = Type.Object({ at: Timestamp, openFindings: Count, exposedEndpoints: Count });

export const Overview = Type.Object({
  /** Without those that wait to be let in. */
  endpointCount: Count,
  /** They wait to be let in, and are in no other number. Missing: an older server. */
  waitingCount: Type.Optional(Count),
  states: Type.Record(Type.String(), Count),
  openFindings: Count,
  exposedEndpoints: Count,
  notEffective: Count,
  pendingUpdates: Count,
  securityUpdates: Count,
  activeRuns: Count,
  /** Median over the last 30 days; null: nothing was closed yet. */
  medianDaysToClose: Type.Union([Type.Number(), Type.Null()]),
  /** Oldest first, at most 90 points, from the findings' intervals. */
  trend: Type.Array(OverviewPoint),
  /** The packages with the most endpoints exposed. */
  top: Type.Array(Type.Object({ package: Label, fixed: Label, endpointCount: Count })),
  /** Vulnerabilities that are open anywhere, each counted once. Missing: an older server. */
  vulnerabilities: Type.Optional(
    Type.Object({
      total: Count,
      critical: Count,
      high: Count,
      medium: Count,
      low: Count,
      unknown: Count,
      exploited: Count,
      act: Count,
      attend: Count,
    }),
  ),
});
export type Overview = Static<typeof Overview>;
