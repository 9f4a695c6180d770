import type { PlanInput } from './facts.ts';
import type { WorkKind } from './member-steps.ts';
import type { Opening } from './openings.ts';
import type { WorkClass } from './packing.ts';
import type { PlannerRules } from './rules.ts';
import { groupTable, type Statics } from './statics.ts';

/** Firmware and start-up of a server take minutes. */
const REBOOT_MS = 10 * 60_000;
const RESTART_MS = 5 * 60_000;
/** What goes back goes back at any time: it is broken now. */
const ALWAYS: readonly Opening[] = [{ startMs: -Infinity, endMs: Infinity, window: null }];

/** How long it takes, where an installation takes so long. */
export function lengthOfWork(kind: WorkKind | 'put-back', installMs: number): number {
  if (kind === 'reboot') return REBOOT_MS;
  return kind === 'restart-services' ? RESTART_MS : installMs;
}

/** Work in order of preference, in classes of like work. */
export interface Jobs {
  readonly member: readonly number[];
  readonly classOf: readonly number[];
  readonly classes: readonly WorkClass[];
  readonly add: (member: number, work: WorkKind, notBeforeMs: number) => void;
}

export function createJobs({ rollout }: PlanInput, statics: Statics, rules: PlannerRules): Jobs {
  const groups = groupTable(rollout.policy);
  const { staggerMs } = rollout.policy.deploy.reboot;
  const member: number[] = [];
  const classOf: number[] = [];
  const classes: WorkClass[] = [];
  /** By kind and time, for each class of the statics one more than the index of its class here. */
  const known = new Map<string, Int32Array>();

  const workClass = (index: number, kind: WorkKind | 'put-back', notBeforeMs: number): WorkClass | null => {
    const common = statics.classes[index];
    if (common === undefined) return null;
    const spacing =
      kind === 'reboot' && staggerMs > 0 ? { group: groups.reboots(common.ring), forMs: staggerMs } : null;
    const atAnyTime = kind === 'roll-back' || kind === 'put-back';
    return {
      openings: atAnyTime ? ALWAYS : common.openings,
      notBeforeMs,
      durationMs: lengthOfWork(kind, common.durationMs),
      // Whoever is out already takes no further place of its budgets.
      groups: kind === 'put-back' ? common.groups.slice(0, 1) : common.groups,
      spacing,
    };
  };

  return {
    member,
    classOf,
    classes,
    add: (index, work, notBeforeMs) => {
      const facts = rollout.members[index];
      if (facts === undefined) return;
      const kind = work === 'roll-back' && rules.isOut(facts) ? 'put-back' : work;
      const like = statics.classOf[index] ?? -1;
      const key = `${kind} ${notBeforeMs}`;
      const indexes = known.get(key) ?? new Int32Array(statics.classes.length);
      known.set(key, indexes);
      let found = (indexes[like] ?? 0) - 1;
      if (found < 0) {
        const made = workClass(like, kind, notBeforeMs);
        if (made === null) return;
        found = classes.push(made) - 1;
        indexes[like] = found + 1;
      }
      member.push(index);
      classOf.push(found);
    },
  };
}
