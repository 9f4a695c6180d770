import type { FleetGapList, Gap, NextPatches, Overview, RiskSeries, Severity } from '@thimble/protocol';
import { CATALOGUE } from '../fixtures/catalogue.ts';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import type { FakeAssessment, FakeVulnerability } from './fake-assessment.ts';

const DAY_MS = 86_400_000;
const DAYS = 90;

export function fakeRisk(assessment: FakeAssessment, nowMs: number): RiskSeries {
  const totals: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, none: 0, unknown: 0 };
  let exploited = 0;
  let risk = 0;
  for (const one of assessment.vulnerabilities) {
    const summary = assessment.summary(one);
    totals[summary.severity] += summary.endpointCount;
    if (summary.exploited) exploited += summary.endpointCount;
    risk += summary.score * summary.endpointCount;
  }
  const any = assessment.vulnerabilities.length > 0;
  const points = Array.from({ length: any ? DAYS : 0 }, (_, index) => {
    const wave =
      index === DAYS - 1
        ? 1
        : 1 + 0.7 * Math.exp(-(((index - 30) / 11) ** 2)) + 0.35 * Math.exp(-(((index - 66) / 6) ** 2));
    const scaled = (value: number): number => Math.round(value * wave);
    return {
      at: new Date(nowMs - (DAYS - 1 - index) * DAY_MS).toISOString(),
      critical: scaled(totals.critical),
      high: scaled(totals.high),
      medium: scaled(totals.medium),
      low: scaled(totals.low),
      unknown: scaled(totals.unknown),
      exploited: scaled(exploited),
      risk: Math.round(risk * wave),
    };
  });
  return {
    points,
    medianDaysToRemediate: any
      ? [
          { severity: 'critical', days: 2.4, count: 118 },
          { severity: 'high', days: 5.1, count: 402 },
          { severity: 'medium', days: 12.6, count: 731 },
          { severity: 'low', days: null, count: 0 },
          { severity: 'unknown', days: 8.2, count: 9 },
        ]
      : [],
    exploitedExposureDays: any ? 1842.5 : 0,
  };
}

export function fakeGaps(fleet: readonly FakeEndpoint[]): FleetGapList {
  const named = (from: number, count: number) =>
    fleet.slice(from, from + count).map(({ summary }) => ({ id: summary.id, hostname: summary.hostname }));
  if (fleet.length < 20) return { items: [], total: 0 };
  const items: FleetGapList['items'] = [
    {
      reason: 'third-party-origin',
      what: 'docker-ce, containerd.io and 3 more from Docker',
      why: 'they come from Docker’s repository, and the distribution’s advisories do not speak of them',
      endpointCount: 140,
      packageCount: 5,
      endpoints: named(0, 60),
    },
    {
      reason: 'third-party-origin',
      what: 'postgresql-16 from PGDG',
      why: 'it comes from the PostgreSQL project’s repository; its versions are not the distribution’s',
      endpointCount: 12,
      packageCount: 1,
      endpoints: named(60, 12),
    },
    {
      reason: 'release-out-of-support',
      what: 'debian:10',
      why: 'the release gets no security support since 2024-06-30: that no advisory names a package says nothing',
      endpointCount: 4,
      packageCount: 611,
      endpoints: named(80, 4),
    },
    {
      reason: 'stale-advisories',
      what: 'ubuntu:24.04',
      why: 'the Ubuntu CVE tracker was last synchronised 21 hours ago; newer advisories are not known here',
      endpointCount: 60,
      packageCount: 702,
      endpoints: named(90, 40),
    },
    {
      reason: 'unparsable-version',
      what: 'vendor-agent 2024/07-b',
      why: '“2024/07-b” is no version in the deb order',
      endpointCount: 2,
      packageCount: 1,
      endpoints: named(130, 2),
    },
  ];
  return { items, total: items.length };
}

export function fakeEndpointGaps(endpoint: FakeEndpoint): Gap[] {
  if (endpoint.summary.hostname.length % 2 === 0) return [];
  return [
    {
      what: 'docker-ce, containerd.io and 10 more packages',
      why: 'they come from Docker’s repository, whose advisories are not synchronised',
    },
    { what: 'which processes have a library loaded', why: 'the agent does not run as root' },
  ];
}

/** The sources by the risk that their update removes; not a cover as the server computes it, but of its shape. */
export function fakeNextPatches(
  assessment: FakeAssessment,
  limit: number,
  endpointId: string | undefined,
): NextPatches {
  const bySource = new Map<string, FakeVulnerability[]>();
  let totalRisk = 0;
  const remaining = new Map<string, { risk: number; count: number }>();
  const affectedOf = (one: FakeVulnerability): readonly FakeEndpoint[] =>
    endpointId === undefined ? one.affected : one.affected.filter(({ summary }) => summary.id === endpointId);
  for (const one of assessment.vulnerabilities) {
    const count = affectedOf(one).length;
    if (count === 0) continue;
    const risk = assessment.priority(one.known).score * count;
    totalRisk += risk;
    const reason = REASONS[one.known.fixState];
    if (reason === undefined) bySource.set(one.known.source, [...(bySource.get(one.known.source) ?? []), one]);
    else {
      const sum = remaining.get(reason) ?? { risk: 0, count: 0 };
      remaining.set(reason, { risk: sum.risk + risk, count: sum.count + count });
    }
  }
  const removed = (all: readonly FakeVulnerability[]): number =>
    all.reduce((sum, one) => sum + assessment.priority(one.known).score * affectedOf(one).length, 0);
  const sorted = [...bySource].sort(([, a], [, b]) => removed(b) - removed(a)).slice(0, limit);
  let gone = 0;
  const items = sorted.map(([source, all]): NextPatches['items'][number] => {
    const entries = CATALOGUE.filter((entry) => entry.source === source);
    const endpoints = new Map(
      all.flatMap((one) => affectedOf(one).map(({ summary }) => [summary.id, summary.hostname])),
    );
    gone += removed(all);
    return {
      source,
      packages: entries.map((entry) => entry.name),
      fixedVersion: entries[0]?.to ?? '1',
      endpointCount: endpoints.size,
      vulnerabilityCount: all.length,
      exploitedCount: all.filter((one) => one.known.kevDueInDays !== null).length,
      riskRemoved: removed(all),
      cumulativeShare: Math.min(1, gone / totalRisk),
      needsReboot: source.startsWith('linux'),
      endpoints: [...endpoints].slice(0, 200).map(([id, hostname]) => ({ id, hostname })),
      top: all.slice(0, 5).map((one) => one.known.id),
    };
  });
  return {
    items,
    totalRisk,
    remaining: [...remaining].map(([reason, sum]) => ({ reason, ...sum })).sort((a, b) => b.risk - a.risk),
  };
}

const REASONS: Partial<Record<string, string>> = {
  none: 'there is no repair yet',
  deferred: 'its repair is deferred to a later update',
  'wont-fix': 'it will not be repaired',
  'end-of-life': 'the package or release gets no repairs any more',
  unknown: 'no update is offered',
};

/** Vulnerabilities that are open anywhere, each counted once. */
export function countOpen(assessment: FakeAssessment): NonNullable<Overview['vulnerabilities']> {
  const open = assessment.vulnerabilities.map(assessment.summary).filter((one) => one.endpointCount > 0);
  const severity = (wanted: Severity): number => open.filter((one) => one.severity === wanted).length;
  return {
    total: open.length,
    critical: severity('critical'),
    high: severity('high'),
    medium: severity('medium'),
    low: severity('low'),
    unknown: severity('unknown'),
    exploited: open.filter((one) => one.exploited).length,
    act: open.filter((one) => one.decision === 'act').length,
    attend: open.filter((one) => one.decision === 'attend').length,
  };
}
