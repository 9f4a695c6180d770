import { type ActiveException, excepts } from '../exceptions/active.ts';
import type { Fleet, Group, SoftwareVerdicts } from './fleet.ts';
import { kernelRole } from './kernel-role.ts';

/** One vulnerability across an organisation's endpoints. */
export interface OpenCount {
  readonly vulnerability: string;
  readonly packages: readonly string[];
  readonly fixState: string;
  readonly minor: boolean;
  readonly endpointCount: number;
  readonly acceptedCount: number;
  readonly notEffectiveCount: number;
  readonly firstSeenMs: number;
}

interface Sum {
  readonly packages: Set<string>;
  fixState: string;
  minor: boolean;
  endpoints: number;
  accepted: number;
  notEffective: number;
  firstSeenMs: number;
}

/** What a reader wants to know first of several packages' states. */
const BEST_FIRST = ['fixed', 'deferred', 'none', 'unknown', 'wont-fix', 'end-of-life'];

/** What a package's verdict means on an endpoint; the heavier one counts for the endpoint. */
const ACCEPTED = 1;
const WAITING = 2;
const OPEN = 3;

/**
 * Counts each endpoint once for each vulnerability, however many of its packages have it: open counts before accepted.
 * Written with numbered places and plain arrays: a large fleet has tens of millions of pairs of list and vulnerability.
 */
export function countOpen(fleet: Fleet, exceptions: readonly ActiveException[]): readonly OpenCount[] {
  const sums: (Sum | undefined)[] = Array.from({ length: fleet.vulnerabilities.length });
  const byPlace = exceptionsByPlace(fleet, exceptions);
  const visited = new Set<SoftwareVerdicts>();
  const meaning = new Uint8Array(fleet.vulnerabilities.length);
  const touched = new Int32Array(fleet.vulnerabilities.length);
  for (const group of fleet.groups) {
    const next = placesOfNextKernel(fleet, group);
    let count = 0;
    for (const { software, role } of softwareOf(fleet, group)) {
      const isNew = !visited.has(software);
      visited.add(software);
      const { vulnerabilities, toMs, fromMs } = software;
      for (let index = 0; index < vulnerabilities.length; index += 1) {
        if (toMs[index] !== Infinity) continue;
        const place = vulnerabilities[index] ?? 0;
        let sum = sums[place];
        if (sum === undefined) sums[place] = sum = emptySum();
        if (isNew) note(sum, software, index);
        sum.firstSeenMs = Math.min(sum.firstSeenMs, Math.max(fromMs[index] ?? 0, group.sinceMs));
        const means =
          role === 'rebooting' && !next.has(place) ? WAITING : meaningOf(byPlace.get(place), software, group);
        const before = meaning[place] ?? 0;
        if (before === 0) touched[count++] = place;
        if (means > before) meaning[place] = means;
      }
    }
    for (let index = 0; index < count; index += 1) {
      const place = touched[index] ?? 0;
      const sum = sums[place];
      if (sum !== undefined) add(sum, meaning[place] ?? 0, group.count);
      meaning[place] = 0;
    }
  }
  return sums.flatMap((sum, place) => (sum === undefined ? [] : [countOf(fleet.vulnerabilities[place] ?? '', sum)]));
}

function meaningOf(
  exceptions: readonly ActiveException[] | undefined,
  software: SoftwareVerdicts,
  group: Group,
): number {
  return exceptions?.some((each) => excepts(each, software, group.endpointId)) === true ? ACCEPTED : OPEN;
}

function add(sum: Sum, meaning: number, endpoints: number): void {
  if (meaning === OPEN) sum.endpoints += endpoints;
  else if (meaning === WAITING) sum.notEffective += endpoints;
  else sum.accepted += endpoints;
}

function countOf(vulnerability: string, sum: Sum): OpenCount {
  return {
    vulnerability,
    packages: [...sum.packages].sort(),
    fixState: sum.fixState,
    minor: sum.minor,
    endpointCount: sum.endpoints,
    acceptedCount: sum.accepted,
    notEffectiveCount: sum.notEffective,
    firstSeenMs: sum.firstSeenMs,
  };
}

export interface Member {
  readonly id: number;
  readonly software: SoftwareVerdicts;
  /** `rebooting`: its kernel runs, and another one waits for the reboot. */
  readonly role: 'present' | 'rebooting';
}

/** The group's software that has verdicts, without left-over kernels. */
export function softwareOf(
  fleet: Fleet,
  group: Pick<Group, 'manifestId' | 'running' | 'installed'>,
): readonly Member[] {
  const changing = group.installed !== null && group.installed !== group.running;
  const members: Member[] = [];
  for (const id of fleet.manifests.get(group.manifestId) ?? []) {
    const software = fleet.software.get(id);
    if (software === undefined) continue;
    const role = kernelRole(software.kernelRelease, group);
    if (role === 'left-over') continue;
    const runsOld = changing && software.kernelRelease !== null && software.kernelRelease === group.running;
    members.push({ id, software, role: runsOld ? 'rebooting' : 'present' });
  }
  return members;
}

/** What the kernel that the next boot starts has too: against that a reboot alone helps nothing. */
function placesOfNextKernel(fleet: Fleet, { manifestId, running, installed }: Group): ReadonlySet<number> {
  const places = new Set<number>();
  if (installed === null || installed === running) return places;
  for (const id of fleet.manifests.get(manifestId) ?? []) {
    const software = fleet.software.get(id);
    if (software?.kernelRelease !== installed) continue;
    software.vulnerabilities.forEach((place, index) => {
      if (software.toMs[index] === Infinity) places.add(place);
    });
  }
  return places;
}

function note(sum: Sum, software: SoftwareVerdicts, index: number): void {
  sum.packages.add(software.source ?? software.name);
  const state = software.fixStates[index] ?? 'unknown';
  if (BEST_FIRST.indexOf(state) < BEST_FIRST.indexOf(sum.fixState)) sum.fixState = state;
  sum.minor &&= software.minor[index] ?? false;
}

function emptySum(): Sum {
  return {
    packages: new Set(),
    fixState: 'end-of-life',
    minor: true,
    endpoints: 0,
    accepted: 0,
    notEffective: 0,
    firstSeenMs: Infinity,
  };
}

function exceptionsByPlace(
  fleet: Fleet,
  exceptions: readonly ActiveException[],
): ReadonlyMap<number, readonly ActiveException[]> {
  if (exceptions.length === 0) return new Map();
  const byName = Map.groupBy(exceptions, ({ vulnerability }) => vulnerability);
  return new Map(
    fleet.vulnerabilities.flatMap((name, place) => {
      const own = byName.get(name);
      return own === undefined ? [] : [[place, own] as const];
    }),
  );
}
