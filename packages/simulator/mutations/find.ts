import { lint } from '@thimble/rollouts';
import { runWorld, type WorldOptions } from '../world/world.ts';
import type { Mutation } from './mutations.ts';

export interface Found {
  readonly mutation: Mutation;
  /** Which checker of the world found it, and in which seed; null: none did. */
  readonly by: { readonly checker: string; readonly seed: number; readonly message: string } | null;
  /** Whether the linter, which looks at plans alone, finds it in the same world. */
  readonly lints: boolean;
}

/** The server's own lint, as it is called before a plan's actions are done. */
export const lintPlan: WorldOptions['lint'] = (plan, input) =>
  lint(plan, input).map(({ rule, message }) => `${rule}: ${message}`);

/**
 * Runs worlds with a planted bug until a checker finds it. They look without the linter's help, which would keep most of what is
 * wrong with a plan from ever being done.
 */
export function findMutation(mutation: Mutation, seeds: number): Found {
  const quiet: WorldOptions = { ...mutation.options, lint: () => [], stopAtFirst: true };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const [first] = runWorld(seed, quiet).violations;
    if (first === undefined) continue;
    const linted = runWorld(seed, { ...quiet, lint: lintPlan }).violations;
    const { checker, message } = first;
    return {
      mutation,
      by: { checker, seed, message },
      lints: linted.some((violation) => violation.checker === 'lint'),
    };
  }
  return { mutation, by: null, lints: false };
}
