import { type Static, Type } from 'typebox';

/**
 * Whether failures of patches are shared with other organisations of the same provider: both ways or not at all. `warn`: a rollout that
 * takes what failed elsewhere says so; `hold`: it begins halted, once for each version, until somebody lets it go on.
 */
export const FailureSharingMode = Type.Union([Type.Literal('off'), Type.Literal('warn'), Type.Literal('hold')]);
export type FailureSharingMode = Static<typeof FailureSharingMode>;

export const FailureSharing = Type.Object({ mode: FailureSharingMode }, { additionalProperties: false });
export type FailureSharing = Static<typeof FailureSharing>;
