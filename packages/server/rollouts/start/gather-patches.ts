import type { Selection } from '@thimble/protocol';
import { type Policy, selectionFor, selects } from '@thimble/rollouts';
import { deadlineFor, type PendingUpdate } from '../../policies/index.ts';

/** A fix that a policy takes now: a source package at a version, whatever packages are built from it. */
export interface GatheredPatch {
  readonly name: string;
  readonly version: string;
  readonly severity: PendingUpdate['severity'];
  readonly kev: boolean;
  readonly vulnerabilities: readonly string[];
  readonly deadlineMs: number | null;
  readonly deadlineBecause: string;
  readonly risk: number;
}

/** What endpoints with the same pending updates get. */
export interface GatheredPatchSet {
  /** Indexes of patches, ascending. */
  readonly patches: readonly number[];
  readonly selection: Selection;
  /** The soonest of them; null: none has one. */
  readonly deadlineMs: number | null;
}

export interface GatheredPatches {
  readonly patches: readonly GatheredPatch[];
  readonly sets: readonly GatheredPatchSet[];
  /** Index of the set of each list of pending updates, by its digest; a list of which the policy takes nothing is not in it. */
  readonly setOf: ReadonlyMap<string, number>;
}

/** What a policy takes of the fleet's pending updates: once for each list, however many endpoints have it. */
export function gatherPatches(
  policy: Policy,
  lists: ReadonlyMap<string, readonly PendingUpdate[]>,
  nowMs: number,
): GatheredPatches {
  const patches = new Map<string, GatheredPatch>();
  const numbers = new Map<string, number>();
  const sets: GatheredPatchSet[] = [];
  const setOf = new Map<string, number>();
  for (const [digest, updates] of lists) {
    const taken = updates.filter((update) => selects(policy, update, nowMs).taken);
    const selection = taken.length === 0 ? null : selectionFor(policy, updates, nowMs);
    if (selection === null) continue;
    for (const update of taken) {
      const key = keyOf(update);
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      patches.set(key, merged(patches.get(key), patchOf(policy, update)));
    }
    setOf.set(digest, sets.length);
    sets.push({ patches: numbersOf(taken, numbers), selection, deadlineMs: null });
  }
  const found = [...patches.values()];
  return { patches: found, sets: sets.map((set) => ({ ...set, deadlineMs: soonest(set, found) })), setOf };
}

function keyOf({ source, sourceVersion }: PendingUpdate): string {
  return `${source} ${sourceVersion}`;
}

function numbersOf(taken: readonly PendingUpdate[], numbers: ReadonlyMap<string, number>): readonly number[] {
  const found = taken.flatMap((update) => numbers.get(keyOf(update)) ?? []);
  return [...new Set(found)].sort((a, b) => a - b);
}

function patchOf(policy: Policy, update: PendingUpdate): GatheredPatch {
  const { deadlineMs, because } = deadlineFor(policy.deadlines, update);
  return {
    name: update.source,
    version: update.sourceVersion,
    severity: update.severity,
    kev: update.kev !== null,
    vulnerabilities: update.vulnerabilities,
    deadlineMs,
    deadlineBecause: because,
    risk: update.risk,
  };
}

const WORST_FIRST: readonly PendingUpdate['severity'][] = ['critical', 'high', 'medium', 'low', 'unknown'];

/** Packages of one source come together: the worst of them says how urgent they are. */
function merged(before: GatheredPatch | undefined, next: GatheredPatch): GatheredPatch {
  if (before === undefined) return next;
  const sooner = next.deadlineMs !== null && (before.deadlineMs === null || next.deadlineMs < before.deadlineMs);
  const { deadlineMs, deadlineBecause } = sooner ? next : before;
  return {
    ...before,
    severity: WORST_FIRST.find((each) => each === before.severity || each === next.severity) ?? 'unknown',
    kev: before.kev || next.kev,
    vulnerabilities: [...new Set([...before.vulnerabilities, ...next.vulnerabilities])].sort(),
    deadlineMs,
    deadlineBecause,
    risk: Math.max(before.risk, next.risk),
  };
}

function soonest({ patches }: GatheredPatchSet, all: readonly GatheredPatch[]): number | null {
  const deadlines = patches.flatMap((number) => all[number]?.deadlineMs ?? []);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}
