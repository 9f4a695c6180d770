import type { EndpointPolicy, PolicySummary, WhyNotPatched } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import type { FakeRollout } from './fake-rollout.ts';

const BECAUSE = 'its label role=server is in the scope, and no policy with a higher priority takes it';

export function whyOf(
  { summary, pending }: FakeEndpoint,
  policy: PolicySummary,
  rollouts: readonly FakeRollout[],
  nowMs: number,
): WhyNotPatched {
  const [rollout] = rollouts;
  const member = rollout?.members.find(({ endpointId }) => endpointId === summary.id);
  const until = new Date(nowMs + 3 * 86_400_000).toISOString();
  const names = ['policy', 'selection', 'approval', 'ring', 'trial', 'window', 'turn', 'installation', 'reboot'];
  const at = names.indexOf('window');
  return {
    summary:
      pending.length === 0
        ? `${summary.hostname} has all that its policy takes`
        : `${summary.hostname} waits for its window: Saturday 20:00 (Europe/Berlin), in 3 days`,
    policy: { id: policy.id, name: policy.name, ring: member?.ring ?? null, because: BECAUSE },
    rollout:
      rollout === undefined || member === undefined
        ? null
        : { id: rollout.detail.summary.id, name: rollout.detail.summary.name, state: rollout.detail.summary.state },
    steps:
      pending.length === 0
        ? []
        : names.map((name, index) => ({
            name,
            state: index < at ? 'passed' : index === at ? 'waits' : 'later',
            words: index < at ? 'passed' : index === at ? 'saturday opens in 3 days' : '',
            until: index === at ? until : null,
          })),
    updates: pending.map((update) => ({
      package: update.name,
      installed: '1.0-1',
      candidate: '1.0-2',
      security: update.security,
      taken: update.security,
      because: update.security
        ? 'it is a security update'
        : 'it is no security update, and the policy takes only those',
      deadline: update.security ? until : null,
    })),
    updateCount: pending.length,
  };
}

export function policyOfEndpoint(policies: readonly PolicySummary[], ring: string | null): EndpointPolicy {
  const [followed, ...others] = policies;
  if (followed === undefined) return { policy: null, because: 'it is in the scope of no policy', others: [] };
  return {
    policy: { id: followed.id, name: followed.name, ring },
    because: BECAUSE,
    others: others.map(({ id, name }) => ({ id, name, why: 'it is switched off' })),
  };
}
