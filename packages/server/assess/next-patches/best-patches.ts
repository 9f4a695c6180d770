import { nextPatches } from '@thimble/advisories';
import { SCHEMES, orderVersions } from '@thimble/versions';
import { needsBoot } from '../effectiveness.ts';
import { type ActiveException, excepts } from '../exceptions/active.ts';
import { softwareOf } from '../summaries/count-open.ts';
import type { Fleet, SoftwareVerdicts } from '../summaries/fleet.ts';
import type { Weight } from '../summaries/risk-curve.ts';

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
  /** Risks by vulnerability: places in the list of risks. */
  readonly risks: Map<number, number>;
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
  const candidates = new Map<string, Candidate>();
  const risks = new Map<string, Risk>();
  const accepted = Map.groupBy(exceptions, ({ vulnerability }) => vulnerability);
  for (const group of fleet.groups) {
    const updated = new Set<string>();
    for (const [place, members] of openIn(fleet, group, accepted)) {
      const weight = (weights.get(fleet.vulnerabilities[place] ?? '')?.score ?? 0) / members.size;
      for (const [source, { software, fixVersion, fixState, excepted }] of members) {
        const key = !excepted && fixVersion !== null ? source : null;
        const why = excepted ? 'accepted' : (WITHOUT_FIX[fixState] ?? 'no fix is known');
        const name = `${key ?? ''}\0${why}\0${place}`;
        const risk = risks.get(name) ?? { vulnerability: place, candidate: key, why, risk: 0, count: 0 };
        risk.risk += weight * group.count;
        risk.count += group.count;
        risks.set(name, risk);
        if (key === null || fixVersion === null) continue;
        const candidate = noted(candidates, key, software, fixVersion);
        if (!updated.has(key)) candidate.endpoints += group.count;
        updated.add(key);
      }
    }
  }
  return chosen(fleet, candidates, [...risks.values()], weights);
}

const WITHOUT_FIX: Readonly<Record<string, string>> = {
  fixed: 'fixed in another channel',
  none: 'no fix yet',
  'wont-fix': 'will not be fixed',
  deferred: 'fix deferred to a later update',
  'end-of-life': 'end of life',
  unknown: 'no fix is known',
};

interface OpenMember {
  readonly software: readonly { readonly id: number; readonly verdicts: SoftwareVerdicts }[];
  readonly fixVersion: string | null;
  readonly fixState: string;
  readonly excepted: boolean;
}

/** What is open in a group: by vulnerability, then by source package. */
function openIn(
  fleet: Fleet,
  group: Fleet['groups'][number],
  accepted: ReadonlyMap<string, readonly ActiveException[]>,
): ReadonlyMap<number, ReadonlyMap<string, OpenMember>> {
  const open = new Map<number, Map<string, OpenMember>>();
  for (const { id, software, role } of softwareOf(fleet, group)) {
    // What a reboot ends needs no update.
    if (role === 'rebooting') continue;
    const source = `${software.namespace}\0${software.source ?? software.name}`;
    software.vulnerabilities.forEach((place, index) => {
      const members = open.get(place) ?? new Map<string, OpenMember>();
      open.set(place, members);
      const before = members.get(source);
      const own = accepted.get(fleet.vulnerabilities[place] ?? '');
      members.set(source, {
        software: [...(before?.software ?? []), { id, verdicts: software }],
        fixVersion: later(software.scheme, before?.fixVersion ?? null, software.fixVersions[index] ?? null),
        fixState: software.fixStates[index] ?? 'unknown',
        excepted: (before?.excepted ?? true) && own?.some((each) => excepts(each, software, group.endpointId)) === true,
      });
    });
  }
  return open;
}

function later(scheme: string, a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  if (!SCHEMES.some(({ id }) => id === scheme)) return a;
  const result = orderVersions(scheme, a, b);
  return 'order' in result && result.order < 0 ? b : a;
}

function noted(
  candidates: Map<string, Candidate>,
  key: string,
  software: OpenMember['software'],
  fixVersion: string,
): Candidate {
  const [first] = software;
  const [namespace = '', source = ''] = key.split('\0');
  const candidate = candidates.get(key) ?? {
    namespace,
    source,
    packages: new Set<string>(),
    software: new Set<number>(),
    risks: new Map<number, number>(),
    fixedVersion: fixVersion,
    endpoints: 0,
  };
  candidate.fixedVersion = later(first?.verdicts.scheme ?? '', candidate.fixedVersion, fixVersion) ?? fixVersion;
  for (const { id, verdicts } of software) {
    candidate.packages.add(verdicts.name);
    candidate.software.add(id);
  }
  candidates.set(key, candidate);
  return candidate;
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
