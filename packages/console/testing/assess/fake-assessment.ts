import type {
  AffectedEndpoint,
  CreateExceptionRequest,
  Exception,
  ExplainedPriority,
  FeedImportResult,
  FeedSummary,
  OverrideRequest,
  VulnerabilitySummary,
} from '@thimble/protocol';
import { CATALOGUE } from '../fixtures/catalogue.ts';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';
import { fakeExceptions } from './exceptions.ts';
import { fakeFeeds } from './feeds.ts';
import { knownVulnerabilities, type KnownVulnerability } from './known-vulnerabilities.ts';
import { priorityOf } from './priorities.ts';

const DAY_MS = 86_400_000;
const VULNERABILITY_COUNT = 340;

/** A vulnerability with what the fake fleet has of it. */
export interface FakeVulnerability {
  readonly known: KnownVulnerability;
  readonly affected: readonly FakeEndpoint[];
  readonly firstSeenAtMs: number;
}

/** The state behind the routes of vulnerabilities, exceptions and feeds. */
export interface FakeAssessment {
  readonly vulnerabilities: FakeVulnerability[];
  readonly exceptions: Exception[];
  readonly overrides: Map<string, ExplainedPriority>;
  readonly feeds: FeedSummary[];
  priority(known: KnownVulnerability): ExplainedPriority;
  summary(one: FakeVulnerability): VulnerabilitySummary;
  isAccepted(vulnerability: string, endpointId: string, source: string): boolean;
  stateOf(one: FakeVulnerability, endpoint: FakeEndpoint): AffectedEndpoint['state'];
  createException(request: CreateExceptionRequest): Exception;
  revokeException(id: string): boolean;
  override(id: string, request: OverrideRequest): ExplainedPriority | undefined;
  importBundle(): FeedImportResult;
}

export function createFakeAssessment(fleet: readonly FakeEndpoint[], now: () => number): FakeAssessment {
  const vulnerabilities = distribute(fleet, now());
  const exceptions: Exception[] = fakeExceptions(vulnerabilities, now());
  const overrides = new Map<string, ExplainedPriority>();
  const feeds = fakeFeeds(now(), fleet.length);
  const random = seeded(501);
  const iso = (): string => new Date(now()).toISOString();
  const priority = (known: KnownVulnerability): ExplainedPriority => overrides.get(known.id) ?? priorityOf(known);
  const isAccepted = (vulnerability: string, endpointId: string, source: string): boolean =>
    exceptions.some(
      (one) =>
        one.active &&
        one.vulnerability === vulnerability &&
        (one.endpointId === null || one.endpointId === endpointId) &&
        (one.package === null ||
          one.package === source ||
          CATALOGUE.some((entry) => entry.name === one.package && entry.source === source)),
    );
  const stateOf: FakeAssessment['stateOf'] = ({ known }, endpoint) => {
    if (isAccepted(known.id, endpoint.summary.id, known.source)) return 'accepted';
    if (endpoint.summary.state === 'waits') return 'installed-not-effective';
    return endpoint.summary.state === 'patching' ? 'scheduled' : 'open';
  };
  const summary = (one: FakeVulnerability): VulnerabilitySummary => {
    const { known } = one;
    const { score, decision, severity } = priority(known);
    const states = one.affected.map((endpoint) => stateOf(one, endpoint));
    const count = (state: AffectedEndpoint['state']): number => states.filter((each) => each === state).length;
    return {
      id: known.id,
      title: known.title,
      severity,
      cvss: known.cvss,
      epss: known.epss,
      kev: known.kevDueInDays === null ? null : kevOf(known.kevDueInDays, now()),
      exploited: known.kevDueInDays !== null,
      exploitPublic: known.exploitPublic,
      score,
      decision,
      packages: [known.source],
      fixState: known.fixState,
      endpointCount: count('open') + count('scheduled') + count('installed-not-effective'),
      acceptedCount: count('accepted'),
      notEffectiveCount: count('installed-not-effective'),
      firstSeenAt: new Date(one.firstSeenAtMs).toISOString(),
    };
  };
  return {
    vulnerabilities,
    exceptions,
    overrides,
    feeds,
    priority,
    summary,
    isAccepted,
    stateOf,
    createException: (request) => {
      const exception: Exception = {
        id: random.uuid(),
        vulnerability: request.vulnerability,
        package: request.package ?? null,
        endpointId: request.endpointId ?? null,
        hostname: fleet.find((one) => one.summary.id === request.endpointId)?.summary.hostname ?? null,
        kind: request.kind,
        justification: request.justification ?? null,
        reason: request.reason,
        owner: request.owner,
        createdBy: 'operator',
        createdAt: iso(),
        expiresAt: request.expiresAt ?? null,
        revokedAt: null,
        active: true,
      };
      exceptions.unshift(exception);
      return exception;
    },
    revokeException: (id) => {
      const at = exceptions.findIndex((one) => one.id === id);
      const found = exceptions[at];
      if (found === undefined) return false;
      exceptions[at] = { ...found, revokedAt: iso(), active: false };
      return true;
    },
    override: (id, request) => {
      const one = vulnerabilities.find(({ known }) => known.id === id);
      if (one === undefined) return undefined;
      const computed = priorityOf(one.known);
      const next: ExplainedPriority = {
        ...computed,
        score: request.score ?? computed.score,
        severity: request.severity ?? computed.severity,
        decision: request.decision ?? computed.decision,
        override: { reason: request.reason, by: 'operator', at: iso() },
      };
      overrides.set(id, next);
      return next;
    },
    importBundle: () => ({
      producedAt: new Date(now() - DAY_MS).toISOString(),
      signer: 'SHA256:1f6c9a7e0d4b',
      feeds: feeds.slice(0, 3).map(({ id, advisoryCount, factCount }) => ({
        id,
        advisories: advisoryCount,
        facts: factCount,
        outcome: 'replaced',
      })),
    }),
  };
}

/** Each vulnerability is on those endpoints that have its package pending; what no catalogue entry has is on some. */
function distribute(fleet: readonly FakeEndpoint[], nowMs: number): FakeVulnerability[] {
  const random = seeded(77);
  return knownVulnerabilities(VULNERABILITY_COUNT).flatMap((known): FakeVulnerability[] => {
    const inCatalogue = CATALOGUE.some((entry) => entry.source === known.source);
    const affected = fleet.filter(
      (endpoint, index) =>
        endpoint.summary.state !== 'unknown' &&
        (inCatalogue
          ? endpoint.pending.some((entry) => entry.source === known.source) || endpoint.summary.state === 'waits'
          : index % 2 === 0) &&
        random.chance(known.share),
    );
    const firstSeenAtMs = nowMs - (1 + random.integer(80)) * DAY_MS;
    return affected.length === 0 ? [] : [{ known, affected, firstSeenAtMs }];
  });
}

export function kevOf(dueInDays: number, nowMs: number): { addedOn: string; dueOn: string } {
  const day = (offset: number): string => new Date(nowMs + offset * DAY_MS).toISOString().slice(0, 10);
  return { addedOn: day(dueInDays - 21), dueOn: day(dueInDays) };
}
