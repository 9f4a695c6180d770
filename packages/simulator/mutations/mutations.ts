import {
  createPlanner,
  RULES,
  type PlanFunction,
  type PlanInput,
  type PlannerRules,
  type Policy,
} from '@thimble/rollouts';
import type { WorldOptions } from '../world/world.ts';

/** A bug that somebody could have written, and that a checker has to find. */
export interface Mutation {
  readonly name: string;
  readonly where: 'planner' | 'server' | 'agent';
  readonly options: Pick<WorldOptions, 'plan' | 'serverFlaws' | 'agentFlaws'>;
}

const plan = createPlanner().plan;

function rule(name: string, rules: Partial<PlannerRules>): Mutation {
  return { name, where: 'planner', options: { plan: createPlanner({ ...RULES, ...rules }).plan } };
}

/** A planner that does not see something plans as if its rule for it were missing. */
function blind(name: string, see: (input: PlanInput) => PlanInput): Mutation {
  const planner = createPlanner().plan;
  return { name, where: 'planner', options: { plan: (input) => planner(see(input)) } };
}

function blindToPolicy(name: string, change: (policy: Policy) => Policy): Mutation {
  const changed = new WeakMap<Policy, Policy>();
  return blind(name, (input) => {
    const { policy } = input.rollout;
    // The same object for the same policy: the planner keeps what it worked out from it.
    const known = changed.get(policy) ?? change(policy);
    changed.set(policy, known);
    return { ...input, rollout: { ...input.rollout, policy: known } };
  });
}

function blindToMembers(
  name: string,
  change: (member: PlanInput['rollout']['members'][number]) => PlanInput['rollout']['members'][number],
): Mutation {
  return blind(name, (input) => ({
    ...input,
    rollout: { ...input.rollout, members: input.rollout.members.map(change) },
  }));
}

const backToZero: PlanFunction = (input) => {
  const made = plan(input);
  const assignments = made.plan.assignments.map((assignment) => ({ ...assignment, generation: 0 }));
  return input.nowMs % 2 === 0 ? made : { ...made, plan: { ...made.plan, assignments } };
};

/** Bugs in the planner's rules, in what the server does with its plans and its orders, and in the agent. */
export const MUTATIONS: readonly Mutation[] = [
  rule('a budget is off by one', { budgetLeft: (atMost, out) => atMost - out + 1 }),
  rule('failed endpoints do not count against a budget', { isOut: ({ progress }) => progress.kind === 'working' }),
  rule('a share is rounded down to nothing', {
    amount: (amount, base) => (amount.kind === 'count' ? amount.count : Math.floor((base * amount.percent) / 100)),
  }),
  rule('an installation begins that cannot end in its window', { latestStartMs: (windowEndMs) => windowEndMs }),
  blindToPolicy('windows are not looked at', (policy) => ({ ...policy, windows: [] })),
  rule('a ring passes without its soak', { soakEndsMs: (lastMs) => lastMs }),
  blind('a ring is passed as soon as it is open', (input) => ({
    ...input,
    rollout: {
      ...input.rollout,
      rings: input.rollout.rings.map((ring) => ({ ...ring, passedAtMs: ring.passedAtMs ?? ring.openedAtMs })),
    },
  })),
  blindToMembers('an unknown end counts as success', (member) =>
    member.progress.kind === 'failed' && member.progress.unknown
      ? { ...member, progress: { kind: 'effective', sinceMs: member.progress.sinceMs } }
      : member,
  ),
  blindToMembers('a gate waits for endpoints that are off', (member) => ({ ...member, online: true })),
  rule('an installation needs no trial', { installsUntried: true }),
  blind('a halt is not heeded', (input) => ({ ...input, rollout: { ...input.rollout, halt: null } })),
  blindToMembers('a hold is not heeded', (member) => ({ ...member, hold: null })),
  blindToPolicy('nobody has to approve', (policy) => ({ ...policy, approvals: { ...policy.approvals, required: 0 } })),
  blindToPolicy('reboots although the policy says never', (policy) => ({
    ...policy,
    deploy: { ...policy.deploy, reboot: { ...policy.deploy.reboot, when: 'if-needed' } },
  })),
  rule('a failed plan is asked for without end', {
    hasFailed: ({ before, unknown }) => unknown || before !== 'plan',
    retryAtMs: (sinceMs) => sinceMs + 60_000,
  }),
  { name: 'generations of assignments go back', where: 'planner', options: { plan: backToZero } },
  {
    name: 'a second outcome is recorded',
    where: 'server',
    options: { plan, serverFlaws: { takesSecondOutcome: true } },
  },
  {
    name: 'an unknown commit is done once more',
    where: 'server',
    options: { plan, serverFlaws: { repeatsUnknownCommit: true } },
  },
  {
    name: 'a plan is acted on a quarter of an hour late',
    where: 'server',
    options: { plan, serverFlaws: { actsOnOldPlan: true } },
  },
  {
    name: 'orders do not end with their window',
    where: 'server',
    options: { plan, serverFlaws: { forgetsStartBefore: true } },
  },
  {
    name: 'what is recalled is ordered all the same',
    where: 'server',
    options: {
      plan: blindToMembers('', (member) =>
        member.progress.kind === 'planned' ? { ...member, progress: { ...member.progress, blocked: [] } } : member,
      ).options.plan,
      serverFlaws: { forgetsBlocks: true },
    },
  },
  {
    name: 'an agent takes older generations',
    where: 'agent',
    options: { plan, agentFlaws: { acceptsOldGenerations: true } },
  },
  { name: 'an agent begins what has expired', where: 'agent', options: { plan, agentFlaws: { ignoresExpiry: true } } },
  {
    name: 'an agent begins again after a crash',
    where: 'agent',
    options: { plan, agentFlaws: { beginsAgainAfterCrash: true } },
  },
];
