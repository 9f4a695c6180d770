import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPlanner, lint, plan, type PlanInput, type RolloutAction } from './index.ts';
import { anyInput, anyNews } from './testing/arbitrary.ts';
import { MINUTE } from './testing/facts.ts';
import { done, withMember } from './testing/model.ts';

const RUNS = { numRuns: 500 };
/** Advice is remembered while the same patches are late. */
function withoutAdvice({ plan: made, report }: ReturnType<typeof plan>): unknown {
  return { made, report: { ...report, misses: report.misses.map((miss) => ({ ...miss, advice: [] })) } };
}

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

  test('a planner that remembers says what one says that knows nothing', () => {
    const news = fc.record({ what: fc.array(anyNews, { maxLength: 3 }), minutes: fc.nat(300), keeps: fc.boolean() });
    fc.assert(
      fc.property(anyInput, fc.array(news, { minLength: 1, maxLength: 6 }), (first, script) => {
        const planner = createPlanner();
        let input: PlanInput = first;
        for (const { what, minutes, keeps } of script) {
          const made = planner.plan(input);
          expect(withoutAdvice(made)).toEqual(withoutAdvice(plan(input)));
          const after = keeps ? { ...input, previous: made.plan } : done(made.plan, input);
          const rollout = what.reduce(
            (facts, { member, ...change }) => withMember(facts, `e${member}`, change),
            after.rollout,
          );
          input = { ...after, nowMs: after.nowMs + minutes * MINUTE, rollout };
        }
      }),
      RUNS,
    );
  });

  test('a rollout that is halted begins nothing', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const halt = { by: 'anna', why: 'lunch', atMs: input.nowMs };
        const { actions } = plan({ ...input, rollout: { ...input.rollout, halt } }).plan;
        expect(actions.filter(({ kind }) => !['roll-back', 'finish'].includes(kind))).toEqual([]);
      }),
      RUNS,
    );
  });
});
