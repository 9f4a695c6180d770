import type { RolloutAction, RolloutDetail, StartRolloutRequest } from '@thimble/protocol';
import { post } from './client.ts';

/** What a decision says besides its kind; which of it applies is the kind's. */
export interface DecisionRequest {
  readonly ring?: string | undefined;
  readonly endpoints?: readonly string[] | undefined;
  readonly reason?: string | undefined;
  readonly until?: string | undefined;
}
/** What people decide of a rollout, or of some endpoints in it. */
export type Decision = RolloutAction | 'hold' | 'release';

export const startRollout = (request: StartRolloutRequest): Promise<RolloutDetail> =>
  post<RolloutDetail>('/rollouts', request);
export const decide = (id: string, decision: Decision, request: DecisionRequest): Promise<RolloutDetail> =>
  post<RolloutDetail>(`/rollouts/${id}/${decision}`, request);
