import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { PendingUpdate } from './pending-updates.ts';

/** How bad it is to go without an update. */
export type Urgency = Pick<PendingUpdate, 'severity' | 'kev' | 'epss' | 'ssvc' | 'risk'>;

/** What is known of a vulnerability, with the organisation's own judgement where it made one. */
export interface KnownVulnerability {
  readonly severity: string;
  readonly kev: { readonly dueOn: string | null } | null;
  readonly epss: number | null;
  readonly score: number;
  readonly decision: 'act' | 'attend' | 'track-star' | 'track';
}

const AT_ONCE = 10_000;
/** The worst first. A vendor's `none` is not in it: it says nothing of what else the update closes. */
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
/** The most urgent first. */
const DECISIONS = ['act', 'attend', 'track-star', 'track'] as const;

export async function knownVulnerabilities(
  within: Kysely<Tables>,
  organisationId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownVulnerability>> {
  const known = new Map<string, KnownVulnerability>();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const { rows } = await sql<KnownVulnerability & { id: string }>`
      select v.id, coalesce(o.severity, v.severity) as severity, v.kev, v.epss, coalesce(o.score, v.score) as score,
        coalesce(o.decision, v.decision) as decision
      from vulnerability v left join vulnerability_override o
        on o.organisation_id = ${organisationId} and o.vulnerability = v.id and o.ended_at is null
      where v.id = any(${ids.slice(at, at + AT_ONCE)}::text[])`.execute(within);
    for (const { id, ...rest } of rows) known.set(id, rest);
  }
  return known;
}

/** The worst of everything that an update closes; of what nothing is known nothing is said. */
export function worstOf(vulnerabilities: readonly KnownVulnerability[]): Urgency {
  const scores = vulnerabilities.map(({ epss }) => epss).filter((epss) => epss !== null);
  const listed = vulnerabilities.map(({ kev }) => kev).filter((kev) => kev !== null);
  const due = listed.map(({ dueOn }) => (dueOn === null ? NaN : dueEndMs(dueOn))).filter(Number.isFinite);
  const decision = DECISIONS.find((each) => vulnerabilities.some((known) => known.decision === each));
  return {
    severity: SEVERITIES.find((each) => vulnerabilities.some(({ severity }) => severity === each)) ?? 'unknown',
    kev: listed.length === 0 ? null : { dueMs: due.length === 0 ? null : Math.min(...due) },
    epss: scores.length === 0 ? null : Math.max(...scores),
    ssvc: decision === undefined ? null : decision === 'track-star' ? 'track*' : decision,
    risk: vulnerabilities.reduce((sum, { score }) => sum + score, 0),
  };
}

/** The catalogue states a day; it is due when that day ends. */
function dueEndMs(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`) + 86_400_000;
}
