import type { SimulatedUpdate } from './input.ts';

/** One fix, on whatever endpoints it is pending: a source package at a version. */
export interface Patch {
  readonly index: number;
  readonly key: string;
  /** Its binary packages; a fact that comes to light later takes the place of these. */
  updates: readonly SimulatedUpdate[];
  /** From when it can be had in this simulation. */
  readonly arrivesMs: number;
  readonly bytes: number;
  readonly needsReboot: boolean;
}

/** What an endpoint lacks: one object for all that lack the same. */
export interface Lacking {
  readonly key: string;
  /** Indexes of patches, ascending. */
  readonly patches: readonly number[];
}

/** Patches and sets of them. */
export interface Catalogue {
  readonly patches: readonly Patch[];
  patch(index: number): Patch;
  /** The patch of these updates, made when there is none of its key. */
  add(key: string, updates: readonly SimulatedUpdate[], arrivesMs: number): Patch;
  setOf(patches: Iterable<number>): Lacking;
  /** A set without the patches of another. */
  without(set: Lacking, taken: Lacking): Lacking;
  withOne(set: Lacking, patch: number): Lacking;
}

/** Known by their names when nobody says: the kernel, and what every process has loaded. */
const NEEDS_REBOOT = /^(linux|linux-(image|signed|meta).*|kernel.*|glibc|libc6|systemd|dbus|.*-microcode)$/;

export function createCatalogue(): Catalogue {
  const patches: Patch[] = [];
  const byKey = new Map<string, Patch>();
  const sets = new Map<string, Lacking>();
  const differences = new Map<Lacking, Map<Lacking, Lacking>>();

  function setOf(given: Iterable<number>): Lacking {
    const sorted = [...new Set(given)].sort((a, b) => a - b);
    const key = sorted.join();
    const known = sets.get(key);
    if (known !== undefined) return known;
    const made = { key, patches: sorted };
    sets.set(key, made);
    return made;
  }

  return {
    patches,
    setOf,
    patch(index) {
      const patch = patches[index];
      if (patch === undefined) throw new RangeError(`there is no patch ${index}`);
      return patch;
    },
    add(key, updates, arrivesMs) {
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const needsReboot = updates.some((update) => update.needsReboot ?? NEEDS_REBOOT.test(update.source));
      const bytes = updates.reduce((sum, update) => sum + update.downloadBytes, 0);
      const patch = { index: patches.length, key, updates, arrivesMs, bytes, needsReboot };
      patches.push(patch);
      byKey.set(key, patch);
      return patch;
    },
    without(set, taken) {
      const known = differences.get(set)?.get(taken);
      if (known !== undefined) return known;
      const gone = new Set(taken.patches);
      const made = setOf(set.patches.filter((patch) => !gone.has(patch)));
      const of = differences.get(set) ?? new Map<Lacking, Lacking>();
      differences.set(set, of.set(taken, made));
      return made;
    },
    withOne: (set, patch) => (set.patches.includes(patch) ? set : setOf([...set.patches, patch])),
  };
}

/** The updates of a list by the fix that they belong to. */
export function groupByPatch(list: readonly SimulatedUpdate[]): ReadonlyMap<string, readonly SimulatedUpdate[]> {
  const groups = new Map<string, SimulatedUpdate[]>();
  for (const update of list) {
    const group = groups.get(update.patch);
    if (group === undefined) groups.set(update.patch, [update]);
    else group.push(update);
  }
  return groups;
}

const SEVERITY = { critical: 10, high: 7, medium: 4, low: 1, unknown: 4 } as const;
/** What is known to be exploited weighs as much more as CISA's catalogue is smaller than all there is: an order of magnitude. */
const EXPLOITED_FACTOR = 10;

/** How bad it is to wait with a patch, by the worst that it closes. */
export function riskOf({ updates }: Patch): number {
  const worst = Math.max(0, ...updates.map(({ severity }) => SEVERITY[severity]));
  return isExploited(updates) ? worst * EXPLOITED_FACTOR : worst;
}

export function isExploited(updates: readonly SimulatedUpdate[]): boolean {
  return updates.some(({ kev }) => kev !== null);
}
