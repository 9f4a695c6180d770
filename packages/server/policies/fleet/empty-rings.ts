import type { PolicyEffect, PolicyProblem } from '@thimble/protocol';
import type { Policy } from '@thimble/rollouts';

/** First rings whom nobody is in: nothing proves anything to the rings after them, which therefore never begin. */
export function emptyRings({ rings }: Pick<Policy, 'rings'>, effect: PolicyEffect): readonly PolicyProblem[] {
  const taken = effect.rings.findIndex(({ endpointCount }) => endpointCount > 0);
  return rings.slice(0, Math.max(0, taken)).flatMap(({ name, gate }, index) =>
    gate.patchedAtLeast === 0
      ? []
      : [
          {
            path: `rings[${index}].members`,
            line: null,
            column: null,
            message: `ring ${name} has no endpoint now, and its gate wants ${gate.patchedAtLeast} patched: no ring after it begins`,
            hint: 'Sort endpoints into it (thimble endpoints label), or give it a percentage.',
          },
        ],
  );
}
