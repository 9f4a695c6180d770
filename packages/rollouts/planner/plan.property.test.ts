import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lint, plan, type RolloutAction } from './index.ts';
import { anyInput } from './testing/arbitrary.ts';
import { done } from './testing/model.ts';

const RUNS = { numRuns: 500 };
const inWords = (actions: readonly RolloutAction[]): readonly string[] =>
  actions.map((action) => JSON.stringify(action));

describe('whatever the facts are', () => {
  test('the linter has nothing against the plan', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        expect(lint(plan(input).plan, input)).toEqual([]);
      }),
      RUNS,
    );
  });

  test('what was done is not asked for again', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const first = plan(input).plan;
        const after = done(first, input);
        const second = plan(after).plan;
        const repeated = inWords(first.actions).filter(
          (action) => inWords(second.actions).includes(action) && !action.includes('"finish"'),
        );
        expect(repeated).toEqual([]);
        expect(lint(second, after)).toEqual([]);
      }),
      RUNS,
    );
  });
});
