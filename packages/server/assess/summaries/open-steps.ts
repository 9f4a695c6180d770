import { type ActiveException, excepts } from '../exceptions/active.ts';
import { softwareOf } from './count-open.ts';
import type { Fleet, SoftwareVerdicts } from './fleet.ts';
import type { Period } from './risk-curve.ts';

/** An exception with the time for which it held. */
export type TimedException = ActiveException & { readonly fromMs: number; readonly toMs: number };

/** A stretch of the curve's moments: from one of them to before another. */
export interface Stretch {
  readonly place: number;
  readonly from: number;
  readonly to: number;
  readonly fixable: boolean;
}

interface Reach {
  readonly from: Int16Array;
  readonly to: Int16Array;
}

/** Finds, for groups of alike endpoints, at which moments each vulnerability was open. */
export function createOpenSteps(
  fleet: Fleet,
  times: readonly number[],
  exceptions: ReadonlyMap<string, readonly TimedException[]>,
): (group: Period, visit: (stretch: Stretch) => void) => void {
  const reaches = new Map<SoftwareVerdicts, Reach>();
  const reachOf = (software: SoftwareVerdicts): Reach => {
    let reach = reaches.get(software);
    if (reach === undefined) {
      reach = {
        from: Int16Array.from(software.fromMs, (from) => firstNotBefore(times, from)),
        to: Int16Array.from(software.toMs, (to) => firstNotBefore(times, to)),
      };
      reaches.set(software, reach);
    }
    return reach;
  };
  // Which verdict of the present group was the only one so far about a vulnerability; most have just one.
  const only = new Int32Array(fleet.vulnerabilities.length).fill(-1);
  return (group, visit) => {
    const single: Stretch[] = [];
    const several = new Map<number, Stretch[]>();
    for (const { software } of softwareOf(fleet, group)) {
      const reach = reachOf(software);
      for (let index = 0; index < software.vulnerabilities.length; index += 1) {
        const place = software.vulnerabilities[index] ?? 0;
        const from = reach.from[index] ?? 0;
        const to = reach.to[index] ?? 0;
        if (from >= to) continue;
        const stretch = { place, from, to, fixable: software.fixStates[index] === 'fixed' };
        const set = exceptions.size === 0 ? undefined : exceptions.get(fleet.vulnerabilities[place] ?? '');
        const before = only[place] ?? -1;
        if (set === undefined && before === -1) only[place] = single.push(stretch) - 1;
        else {
          const list = several.get(place) ?? [];
          several.set(place, list);
          list.push(...(set === undefined ? [stretch] : without(stretch, set, software, times)));
        }
      }
    }
    for (const stretch of single) {
      only[stretch.place] = -1;
      const others = several.get(stretch.place);
      if (others === undefined) visit(stretch);
      else others.push(stretch);
    }
    for (const list of several.values()) for (const stretch of merged(list)) visit(stretch);
  };
}

/** Overlapping stretches as one. */
function merged(list: Stretch[]): readonly Stretch[] {
  list.sort((a, b) => a.from - b.from);
  const result: Stretch[] = [];
  for (const stretch of list) {
    const last = result.at(-1);
    if (last === undefined || stretch.from > last.to) result.push(stretch);
    else
      result[result.length - 1] = {
        ...last,
        to: Math.max(last.to, stretch.to),
        fixable: last.fixable || stretch.fixable,
      };
  }
  return result;
}

/** The moments at which nobody had set it aside. */
function without(
  stretch: Stretch,
  exceptions: readonly TimedException[],
  software: SoftwareVerdicts,
  times: readonly number[],
): readonly Stretch[] {
  const own = exceptions.filter((each) => excepts(each, software, null));
  const result: Stretch[] = [];
  for (let moment = stretch.from; moment < stretch.to; moment += 1) {
    const time = times[moment] ?? 0;
    if (own.some(({ fromMs, toMs }) => fromMs <= time && time < toMs)) continue;
    result.push({ ...stretch, from: moment, to: moment + 1 });
  }
  return result;
}

/** The first place whose time is not before this one. */
export function firstNotBefore(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
