import { nextPatches } from '@thimble/advisories';
import { SCHEMES, orderVersions } from '@thimble/versions';
import { needsBoot } from '../effectiveness.ts';
import type { ActiveException } from '../exceptions/active.ts';
import type { Fleet, SoftwareVerdicts } from '../summaries/fleet.ts';
import type { Weight } from '../summaries/risk-curve.ts';
import { tallyOf } from './tally.ts';

/** Updates that are worked out; nobody reads further. */
export const PATCHES_LIMIT = 100;
const VULNERABILITIES_NAMED = 10;
const PACKAGES_NAMED = 50;

/** What to update next, as it is kept until the next assessment. */
export interface StoredPatches {
  readonly items: readonly StoredPatch[];
  readonly totalRisk: number;
  readonly remaining: readonly { readonly reason: string; readonly risk: number; readonly count: number }[];
}

export interface StoredPatch {
  readonly namespace: string;
  readonly source: string;
  readonly packages: readonly string[];
  readonly fixedVersion: string;
  readonly endpointCount: number;
  readonly vulnerabilityCount: number;
  readonly exploitedCount: number;
  readonly riskRemoved: number;
  readonly cumulativeShare: number;
  readonly needsReboot: boolean;
  readonly top: readonly string[];
  /** Software that it replaces: by it the endpoints are found. */
  readonly software: readonly number[];
}

/** One source package of a release, and what its newest fix closes. */
interface Candidate {
  readonly namespace: string;
  readonly source: string;
  readonly packages: Set<string>;
  readonly software: Set<number>;
  fixedVersion: string;
  endpoints: number;
}

interface Risk {
  readonly vulnerability: number;
  readonly candidate: string | null;
  readonly why: string;
  risk: number;
  count: number;
}

/**
 * The fewest updates that remove the most risk across a fleet. One update is a source package brought to the newest version
 * that fixes anything there. A vulnerability that several sources of one endpoint have is each one's in equal parts, so
 * that the parts add up to the risk that the curve shows.
 */
export function bestPatches(
  fleet: Fleet,
  exceptions: readonly ActiveException[],
  weights: ReadonlyMap<string, Weight>,
): StoredPatches {
  const tally = tallyOf(fleet, exceptions, weights);
  const candidates = new Map<string, Candidate>();
  const risks = new Map<string, Risk>();
  for (const [id, { open, accepted }] of tally.software) {
    const software = fleet.software.get(id);
    if (software === undefined) continue;
    software.vulnerabilities.forEach((place, index) => {
      const fixVersion = software.fixVersions[index] ?? null;
      const key = fixVersion === null ? null : sourceOf(software);
      const why = WITHOUT_FIX[software.fixStates[index] ?? 'unknown'] ?? 'no fix is known';
      addRisk(risks, { vulnerability: place, candidate: key, why }, open.risk[index] ?? 0, open.count[index] ?? 0);
      const acceptedRisk = accepted.risk[index] ?? 0;
      addRisk(
        risks,
        { vulnerability: place, candidate: null, why: 'accepted' },
        acceptedRisk,
        accepted.count[index] ?? 0,
      );
      if (key !== null && fixVersion !== null && (open.touched[index] ?? 0) > 0)
        noteCandidate(candidates, key, id, software, fixVersion, tally.endpoints.get(key) ?? 0);
    });
  }
  return chosen(fleet, candidates, [...risks.values()], weights);
}

function sourceOf({ namespace, source, name }: SoftwareVerdicts): string {
  return `${namespace}\0${source ?? name}`;
}

function addRisk(
  risks: Map<string, Risk>,
  about: Pick<Risk, 'vulnerability' | 'candidate' | 'why'>,
  risk: number,
  count: number,
): void {
  if (count === 0) return;
  const name = `${about.candidate ?? ''}\0${about.candidate === null ? about.why : ''}\0${about.vulnerability}`;
  const known = risks.get(name);
  if (known === undefined) risks.set(name, { ...about, risk, count });
  else {
    known.risk += risk;
    known.count += count;
  }
}

function noteCandidate(
  candidates: Map<string, Candidate>,
  key: string,
  id: number,
  software: SoftwareVerdicts,
  fixVersion: string,
  endpoints: number,
): void {
  const candidate = candidates.get(key) ?? {
    namespace: software.namespace,
    source: software.source ?? software.name,
    packages: new Set<string>(),
    software: new Set<number>(),
    fixedVersion: fixVersion,
    endpoints,
  };
  candidates.set(key, candidate);
  candidate.fixedVersion = later(software.scheme, candidate.fixedVersion, fixVersion) ?? fixVersion;
  candidate.packages.add(software.name);
  candidate.software.add(id);
}

const WITHOUT_FIX: Readonly<Record<string, string>> = {
  fixed: 'fixed in another channel',
  none: 'no fix yet',
  'wont-fix': 'will not be fixed',
  deferred: 'fix deferred to a later update',
  'end-of-life': 'end of life',
  unknown: 'no fix is known',
};

function later(scheme: string, a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  if (!SCHEMES.some(({ id }) => id === scheme)) return a;
  const result = orderVersions(scheme, a, b);
  return 'order' in result && result.order < 0 ? b : a;
}

function chosen(
  fleet: Fleet,
  candidates: ReadonlyMap<string, Candidate>,
  risks: readonly Risk[],
  weights: ReadonlyMap<string, Weight>,
): StoredPatches {
  const closes = Map.groupBy(
    risks.map((risk, index) => ({ risk, index })),
    ({ risk }) => risk.candidate,
  );
  const result = nextPatches(
    risks.map(({ vulnerability, risk, candidate, why }) => ({
      endpoint: '',
      vulnerability: fleet.vulnerabilities[vulnerability] ?? '',
      risk,
      withoutUpdate: candidate === null ? why : null,
    })),
    [...candidates.keys()].map((id) => ({ id, closes: (closes.get(id) ?? []).map(({ index }) => index) })),
    PATCHES_LIMIT,
  );
  const items = result.updates.flatMap(({ id, riskRemoved, cumulativeShare }): StoredPatch[] => {
    const candidate = candidates.get(id);
    if (candidate === undefined) return [];
    const own = (closes.get(id) ?? []).map(({ risk }) => risk).sort((a, b) => b.risk - a.risk);
    const names = own.map(({ vulnerability }) => fleet.vulnerabilities[vulnerability] ?? '');
    return [
      {
        namespace: candidate.namespace,
        source: candidate.source,
        packages: [...candidate.packages].sort().slice(0, PACKAGES_NAMED),
        fixedVersion: candidate.fixedVersion,
        endpointCount: candidate.endpoints,
        vulnerabilityCount: names.length,
        exploitedCount: names.filter((name) => weights.get(name)?.exploited === true).length,
        riskRemoved: Math.round(riskRemoved * 10) / 10,
        cumulativeShare: Math.min(1, Math.max(0, cumulativeShare)),
        needsReboot: [...candidate.packages].some(needsBoot),
        top: names.slice(0, VULNERABILITIES_NAMED),
        software: [...candidate.software].slice(0, 1000),
      },
    ];
  });
  const counts = Map.groupBy(
    risks.filter(({ candidate }) => candidate === null),
    ({ why }) => why,
  );
  return {
    items,
    totalRisk: Math.round(result.riskTotal * 10) / 10,
    remaining: result.remaining.map(({ why, risk }) => ({
      reason: why,
      risk: Math.round(risk * 10) / 10,
      count: (counts.get(why) ?? []).reduce((sum, each) => sum + each.count, 0),
    })),
  };
}
