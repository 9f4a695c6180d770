import {
  RolloutDetail,
  RolloutList,
  RolloutMemberList,
  RolloutPlanList,
  type RolloutMemberQuery,
  type StartRolloutRequest,
} from '@thimble/protocol';
import { call } from './call.ts';
import type { Transport } from './transport.ts';

/** What can be asked of a rollout; each has its own body. */
export type RolloutDecision =
  | 'approve'
  | 'halt'
  | 'resume'
  | 'skip-gate'
  | 'roll-back'
  | 'cancel'
  | 'retry'
  | 'hold'
  | 'release'
  | 'block';

/** A new snapshot asks every upstream before the rollout is there. */
const START_SILENCE_MS = 3_600_000;

export function rolloutCalls(transport: Transport) {
  const at = (id: string): string => `/rollouts/${encodeURIComponent(id)}`;
  return {
    rollouts: () => call(transport, { method: 'GET', path: '/rollouts', reply: RolloutList }),
    rollout: (id: string) => call(transport, { method: 'GET', path: at(id), reply: RolloutDetail }),
    startRollout: (body: StartRolloutRequest) =>
      call(transport, {
        method: 'POST',
        path: '/rollouts',
        body,
        reply: RolloutDetail,
        silenceMs: START_SILENCE_MS,
      }),
    rolloutMembers: (id: string, query: RolloutMemberQuery = {}) =>
      call(transport, { method: 'GET', path: `${at(id)}/members`, query, reply: RolloutMemberList }),
    rolloutPlans: (id: string) => call(transport, { method: 'GET', path: `${at(id)}/plans`, reply: RolloutPlanList }),
    decideOnRollout: (id: string, decision: RolloutDecision, body: object) =>
      call(transport, { method: 'POST', path: `${at(id)}/${decision}`, body, reply: RolloutDetail }),
  };
}
