import type { Checker } from './checker.ts';

/** The planner's own linter agrees with what is done. */
export const lintChecker: Checker = {
  name: 'lint',
  watch({ complain }) {
    return (event) => {
      const [first] = event.kind === 'planned' ? event.problems : [];
      if (first !== undefined) complain(first);
    };
  },
};

const ENDED: ReadonlySet<string> = new Set(['effective', 'nothing-to-do', 'left-out']);

/** Each endpoint is done, has something due, or has a reason to wait. */
export const waitChecker: Checker = {
  name: 'waits',
  watch({ complain }) {
    return (event) => {
      if (event.kind !== 'planned') return;
      const { plan, input } = event;
      const due = new Set(plan.actions.map((action) => ('endpointId' in action ? action.endpointId : '')));
      plan.assignments.forEach(({ endpointId, wait }, at) => {
        const kind = input.rollout.members[at]?.progress.kind ?? '';
        if (wait === null && !ENDED.has(kind) && !due.has(endpointId))
          complain(`${endpointId} (${kind}) has neither something due nor a reason to wait`);
      });
    };
  },
};
