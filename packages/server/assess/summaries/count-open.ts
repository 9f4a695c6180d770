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

/** Counts each endpoint once for each vulnerability, however many of its packages have it: open counts before accepted. */
export function countOpen(fleet: Fleet, exceptions: readonly ActiveException[]): readonly OpenCount[] {
  const sums: (Sum | undefined)[] = Array.from({ length: fleet.vulnerabilities.length });
  const byPlace = exceptionsByPlace(fleet, exceptions);
  // What was counted for the present group, by vulnerability: the group's number in the place of clearing.
  const open = new Int32Array(fleet.vulnerabilities.length).fill(-1);
  const accepted = new Int32Array(fleet.vulnerabilities.length).fill(-1);
  const waiting = new Int32Array(fleet.vulnerabilities.length).fill(-1);
  fleet.groups.forEach((group, number) => {
    const touched: number[] = [];
    const next = placesOfNextKernel(fleet, group);
    for (const { software, role } of softwareOf(fleet, group))
      software.vulnerabilities.forEach((place, index) => {
        const stamp =
          role === 'rebooting' && !next.has(place)
            ? waiting
            : byPlace.get(place)?.some((exception) => excepts(exception, software, group.endpointId)) === true
              ? accepted
              : open;
        if (stamp[place] !== number) touched.push(place);
        stamp[place] = number;
        note((sums[place] ??= emptySum()), software, index, group);
      });
    for (const place of new Set(touched)) {
      const sum = sums[place];
      if (sum === undefined) continue;
      if (open[place] === number) sum.endpoints += group.count;
      else if (waiting[place] === number) sum.notEffective += group.count;
      else sum.accepted += group.count;
    }
  });
  return sums.flatMap((sum, place) =>
    sum === undefined
      ? []
      : [
          {
            vulnerability: fleet.vulnerabilities[place] ?? '',
            packages: [...sum.packages].sort(),
            fixState: sum.fixState,
            minor: sum.minor,
            endpointCount: sum.endpoints,
            acceptedCount: sum.accepted,
            notEffectiveCount: sum.notEffective,
            firstSeenMs: sum.firstSeenMs,
          },
        ],
  );
}

interface Member {
  readonly id: number;
  readonly software: SoftwareVerdicts;
  /** `rebooting`: its kernel runs, and another one waits for the reboot. */
  readonly role: 'present' | 'rebooting';
}

/** The group's software that has verdicts, without left-over kernels. */
export function* softwareOf(
  fleet: Fleet,
  group: Pick<Group, 'manifestId' | 'running' | 'installed'>,
): Iterable<Member> {
  const changing = group.installed !== null && group.installed !== group.running;
  for (const id of fleet.manifests.get(group.manifestId) ?? []) {
    const software = fleet.software.get(id);
    if (software === undefined) continue;
    const role = kernelRole(software.kernelRelease, group);
    if (role === 'left-over') continue;
    const runsOld = changing && software.kernelRelease !== null && software.kernelRelease === group.running;
    yield { id, software, role: runsOld ? 'rebooting' : 'present' };
  }
}

/** What the kernel that the next boot starts has too: against that a reboot alone helps nothing. */
function placesOfNextKernel(fleet: Fleet, { manifestId, running, installed }: Group): ReadonlySet<number> {
  const places = new Set<number>();
  if (installed === null || installed === running) return places;
  for (const id of fleet.manifests.get(manifestId) ?? []) {
    const software = fleet.software.get(id);
    if (software?.kernelRelease === installed) for (const place of software.vulnerabilities) places.add(place);
  }
  return places;
}

function note(sum: Sum, software: SoftwareVerdicts, index: number, group: Group): void {
  sum.packages.add(software.source ?? software.name);
  const state = software.fixStates[index] ?? 'unknown';
  if (BEST_FIRST.indexOf(state) < BEST_FIRST.indexOf(sum.fixState)) sum.fixState = state;
  sum.minor &&= software.minor[index] ?? false;
  sum.firstSeenMs = Math.min(sum.firstSeenMs, Math.max(software.fromMs[index] ?? 0, group.sinceMs));
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
