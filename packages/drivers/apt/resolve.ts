import type { Host } from '../host.ts';
import type { AptError } from './apt-errors.ts';
import type { Excluded, Wanted } from './selection.ts';
import { simulate, type SimulatedStep, type Simulation } from './simulation.ts';
import type { AptWorkspace } from './workspace.ts';

export type Resolution =
  | {
      readonly ok: true;
      readonly steps: readonly SimulatedStep[];
      readonly wanted: readonly Wanted[];
      readonly excluded: readonly Excluded[];
    }
  | { readonly ok: false; readonly error: AptError };

/** Dry runs that the search for the culprits may take; each is about half a second. */
const SIMULATIONS_MAX = 64;

/**
 * apt's own resolution of what is wanted. Where all of it together is not possible, sources that need a removal or lack
 * a dependency are found by halving and left out with apt's reason, so that one of them does not stop the others.
 */
export async function resolve(
  host: Host,
  workspace: AptWorkspace,
  wanted: readonly Wanted[],
  options: { readonly native: string; readonly mayRemove: boolean; readonly signal: AbortSignal },
): Promise<Resolution> {
  if (wanted.length === 0) return { ok: true, steps: [], wanted, excluded: [] };
  const attempt = (some: readonly Wanted[]) =>
    simulate(host, workspace, installArguments(some, options), options.signal);
  const whole = await attempt(wanted);
  if (whole.ok) return { ok: true, steps: whole.steps, wanted, excluded: [] };
  if (whole.error.code !== 'unsatisfiable') return whole;
  const excluded: Excluded[] = [];
  const good: Wanted[] = [];
  let left = SIMULATIONS_MAX;
  const search = async (groups: readonly (readonly Wanted[])[], result: Simulation): Promise<void> => {
    if (result.ok) return void good.push(...groups.flat());
    if (groups.length === 1 || left <= 0 || options.signal.aborted) {
      const why = `apt can't install it: ${result.error.message.slice(0, 1_000)}`;
      for (const each of groups.flat()) excluded.push({ name: each.name, architecture: each.architecture, why });
      return;
    }
    const middle = Math.ceil(groups.length / 2);
    for (const half of [groups.slice(0, middle), groups.slice(middle)]) {
      left -= 1;
      await search(half, await attempt(half.flat()));
    }
  };
  await search(bySource(wanted), whole);
  if (good.length === 0) return { ok: true, steps: [], wanted: [], excluded };
  const rest = await attempt(good);
  return rest.ok ? { ok: true, steps: rest.steps, wanted: good, excluded } : rest;
}

/** Packages of one source belong together: their versions depend on each other exactly. */
function bySource(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  return [...Map.groupBy(wanted, (each) => each.source).values()];
}

function installArguments(
  wanted: readonly Wanted[],
  { native, mayRemove }: { readonly native: string; readonly mayRemove: boolean },
): readonly string[] {
  return [
    'install',
    ...(mayRemove ? [] : ['--no-remove']),
    ...wanted.map((each) => `${qualifiedName(each, native)}=${each.version}`),
  ];
}

/** `name`, or `name:architecture` for a foreign one. */
export function qualifiedName(each: { readonly name: string; readonly architecture: string }, native: string): string {
  return each.architecture === 'all' || each.architecture === native ? each.name : `${each.name}:${each.architecture}`;
}
