import {
  createPlanner,
  type MemberFacts,
  type MemberProgress,
  type Plan,
  type Policy,
  type RolloutFacts,
} from '@thimble/rollouts';
import type { RolloutStatics } from './load-facts.ts';

/** What of a target was read, and from which version of its row. */
export interface KnownTarget {
  readonly version: string;
  readonly progress: MemberProgress;
  readonly busyWith: string | null;
}

/** The plan in force as this server last saw it, and what it wrote of each member, as text. */
export interface KnownPlan {
  readonly id: string;
  readonly plan: Plan;
  readonly written: ReadonlyMap<string, string>;
}

/**
 * What a server remembers of a rollout between two plans. All of it can be thrown away at any time: it saves reading and comparing
 * what did not change, and decides nothing.
 */
export class RolloutMemory {
  readonly planner = createPlanner();
  readonly targets = new Map<string, KnownTarget>();
  /** Every group of every budget, in the order in which they were met. */
  readonly groups: RolloutFacts['budgetGroups'][number][] = [];
  known: KnownPlan | undefined;
  /** The last plan asked for the very same as the one before it: whatever is in the way does not go by asking at once. */
  repeats = false;
  lastActions = '[]';
  statics: RolloutStatics | undefined;
  /** The very same object each time, by which the planner knows that it did not change. */
  policy: Policy | undefined;
  readonly #members = new Map<string, MemberFacts>();
  readonly #groupIndexes = new Map<string, number>();

  /** The object from the last time, if it says the same. */
  same(member: MemberFacts): MemberFacts {
    const before = this.#members.get(member.endpointId);
    if (before !== undefined && isSame(before, member)) return before;
    this.#members.set(member.endpointId, member);
    return member;
  }

  /** @param names of the groups, for each budget */
  groupsOf(names: readonly (readonly string[])[]): MemberFacts['budgetGroups'] {
    return names.flatMap((groups, budget) => groups.map((name) => this.#indexOf(budget, name)));
  }

  #indexOf(budget: number, name: string): number {
    const key = `${budget} ${name}`;
    const known = this.#groupIndexes.get(key);
    if (known !== undefined) return known;
    const index = this.groups.push({ budget, name }) - 1;
    this.#groupIndexes.set(key, index);
    return index;
  }
}

/** The rest is fixed at a rollout's start. */
function isSame(a: MemberFacts, b: MemberFacts): boolean {
  return (
    a.online === b.online &&
    a.generation === b.generation &&
    a.lastSeenMs === b.lastSeenMs &&
    a.busyWith === b.busyWith &&
    a.rebootedAtMs === b.rebootedAtMs &&
    a.hostname === b.hostname &&
    isEqual(a.progress, b.progress) &&
    isEqual(a.hold, b.hold)
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
