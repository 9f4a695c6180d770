import type { AmountOf, Policy } from '../policy/policy.ts';
import { forecast, type DueNow } from './forecast.ts';
import { createLaterRings } from './later-ring.ts';
import type { Scene } from './member-steps.ts';
import { lateBy } from './misses.ts';
import type { Opening } from './openings.ts';
import type { StaticClass } from './statics.ts';
import { NOBODY } from './tally.ts';
import { IN_UTC, lengthInWords } from './words.ts';

/** One change, tried larger and larger until the deadlines hold. */
interface Remedy {
  readonly steps: readonly { readonly words: string; readonly scene: Scene }[];
}

/** Advice, remembered. */
export interface Adviser {
  readonly advise: (scene: Scene, due: DueNow, late: ReadonlySet<number>) => Advice;
}

type Advice = ReadonlyMap<number, readonly string[]>;

/**
 * Advice takes a dozen times as long as the plan. It is repeated while the same patches are late and the same rings are open, though one
 * result more may have changed by how much they are late.
 */
export function createAdviser(): Adviser {
  let kept: { readonly key: string; readonly advice: Advice } | null = null;
  return {
    advise: (scene, due, late) => {
      const rings = scene.standing.rings.map(({ open, passed }) => `${open}${passed}`);
      const key = [...rings, scene.standing.approvalsMissing, ...late].join();
      if (kept?.key !== key) kept = { key, advice: adviceFor(scene, due, late) };
      return kept.advice;
    },
  };
}

/**
 * What would make deadlines hold, found by planning again with one thing changed: each advice was computed, none is guessed. Nothing that
 * helps alone: that is said, too.
 */
function adviceFor(scene: Scene, due: DueNow, late: ReadonlySet<number>): Advice {
  const advice = new Map<number, string[]>([...late].map((patch) => [patch, []]));
  for (const { steps } of [
    ...moreAtOnce(scene),
    ...shorterSoaks(scene),
    ...largerBudgets(scene),
    ...moreWindows(scene, late),
  ]) {
    const open = new Set(late);
    for (const { words, scene: changed } of steps) {
      if (open.size === 0) break;
      const still = lateBy(changed, forecast(changed, due, createLaterRings()));
      for (const patch of open)
        if (!still.has(patch)) {
          advice.get(patch)?.push(words);
          open.delete(patch);
        }
    }
  }
  for (const words of advice.values())
    if (words.length === 0) words.push('no single change of windows, soaks, budgets or work at once makes it hold');
  return advice;
}

function moreAtOnce(scene: Scene): readonly Remedy[] {
  return scene.input.rollout.policy.rings.map(({ name, atOnce }, index) => {
    const { members, counted } = scene.tallies[index] ?? NOBODY;
    return {
      steps: larger(scene.rules.amount(atOnce, counted), members).map((count) => ({
        words: `${count} at once in ring ${name} instead of ${amountInWords(atOnce)}`,
        scene: withPolicy(scene, (policy) => ({
          ...policy,
          rings: policy.rings.map((ring, at) => (at === index ? { ...ring, atOnce: { kind: 'count', count } } : ring)),
        })),
      })),
    };
  });
}

function shorterSoaks(scene: Scene): readonly Remedy[] {
  const { rings } = scene.input.rollout.policy;
  return rings.slice(0, -1).map(({ name, soakMs }, index) => ({
    steps: [soakMs / 2, soakMs / 4, 0]
      .filter((shorterMs) => shorterMs < soakMs)
      .map((shorterMs) => ({
        words: `soak ${lengthInWords(shorterMs)} instead of ${lengthInWords(soakMs)} of ring ${name}`,
        scene: withPolicy(scene, (policy) => ({
          ...policy,
          rings: policy.rings.map((ring, at) => (at === index ? { ...ring, soakMs: shorterMs } : ring)),
        })),
      })),
  }));
}

function largerBudgets(scene: Scene): readonly Remedy[] {
  const { rollout } = scene.input;
  return rollout.policy.budgets.map(({ per, atMost }, index) => {
    const bases = rollout.budgetGroups.map(({ budget }, group) =>
      budget === index ? (scene.roster.base[group] ?? 0) : 0,
    );
    const largest = bases.reduce((most, base) => Math.max(most, base), 0);
    return {
      steps: larger(scene.rules.amount(atMost, largest), largest).map((count) => ({
        words: `a budget of ${count} per ${per.kind === 'label' ? per.key : per.kind} instead of ${amountInWords(atMost)}`,
        scene: withPolicy(scene, (policy) => ({
          ...policy,
          budgets: policy.budgets.map((budget, at) =>
            at === index ? { ...budget, atMost: { kind: 'count', count } } : budget,
          ),
        })),
      })),
    };
  });
}

/** As long as the longest of its windows, for everybody at the same time, right before the soonest deadline that does not hold. */
function moreWindows(scene: Scene, late: ReadonlySet<number>): readonly Remedy[] {
  const { nowMs, rollout } = scene.input;
  const lengthMs = rollout.policy.windows.reduce((most, { durationMs }) => Math.max(most, durationMs), 0);
  const deadlinesMs = [...late].map((patch) => rollout.patches[patch]?.deadlineMs ?? Infinity);
  const endMs = deadlinesMs.reduce((soonest, deadlineMs) => Math.min(soonest, deadlineMs), Infinity);
  const startMs = Math.max(nowMs, endMs - lengthMs);
  if (lengthMs === 0 || endMs === Infinity) return [];
  const classes = scene.statics.classes.map((each) => withOpening(each, startMs, endMs));
  const words = `one more window of ${lengthInWords(endMs - startMs)} that ends by ${IN_UTC(endMs)}`;
  return [{ steps: [{ words, scene: { ...scene, statics: { ...scene.statics, classes } } }] }];
}

function withOpening(work: StaticClass, startMs: number, endMs: number): StaticClass {
  const apart = (opening: Opening): boolean => opening.endMs < startMs || opening.startMs > endMs;
  const touching = work.openings.filter((opening) => !apart(opening));
  const joined: Opening = {
    startMs: touching.reduce((first, opening) => Math.min(first, opening.startMs), startMs),
    endMs: touching.reduce((last, opening) => Math.max(last, opening.endMs), endMs),
    window: null,
  };
  return { ...work, openings: [...work.openings.filter(apart), joined].toSorted((a, b) => a.startMs - b.startMs) };
}

function withPolicy(scene: Scene, change: (policy: Policy) => Policy): Scene {
  const { rollout } = scene.input;
  return { ...scene, input: { ...scene.input, rollout: { ...rollout, policy: change(rollout.policy) } } };
}

/** Twice as many, four times as many ... and at last all. */
function larger(count: number, all: number): readonly number[] {
  const counts: number[] = [];
  for (let next = Math.max(1, count * 2); next < all; next *= 2) counts.push(next);
  return count < all ? [...counts, all] : [];
}

function amountInWords(amount: AmountOf): string {
  return amount.kind === 'count' ? `${amount.count}` : `${amount.percent} %`;
}
