import type { Order, OutcomeResult, RolloutDetail, RolloutMember, RolloutMemberList } from '@thimble/protocol';
import type { TestServerOptions } from '../testing.ts';
import type { FakeAgent } from './fake-agent.ts';
import { startTestFleet, type TestFleet } from './test-fleet.ts';

/** A fleet whose clock can be put forward, and what tests of rollouts ask of it. */
export interface RolloutFleet extends TestFleet {
  /** Puts the server's and the agents' clock forward. */
  readonly pass: (ms: number) => void;
  /** Stores a policy. @returns its id */
  readonly policy: (text: string) => Promise<string>;
  readonly start: (policyId: string, rest?: Readonly<Record<string, unknown>>) => Promise<RolloutDetail>;
  readonly rollout: (id: string) => Promise<RolloutDetail>;
  /** By host name. */
  readonly members: (id: string) => Promise<ReadonlyMap<string, RolloutMember>>;
  /** Lets these agents report and do their orders until that is so. */
  readonly until: (
    id: string,
    agents: readonly FakeAgent[],
    done: (detail: RolloutDetail) => boolean | Promise<boolean>,
    answer?: Answer,
  ) => Promise<RolloutDetail>;
}

/** What becomes of an order; undefined: what a well-behaved endpoint makes of it, `silence`: no answer. */
export type Answer = (agent: FakeAgent, order: Order) => OutcomeResult | 'silence' | undefined;

const ROUNDS = 300;
const ROUND_MS = 50;

export async function startRolloutFleet(options: TestServerOptions = {}): Promise<RolloutFleet> {
  let aheadMs = 0;
  const clock = (): Date => new Date(Date.now() + aheadMs);
  const fleet = await startTestFleet({ clock, ...options });
  const rollout = async (id: string): Promise<RolloutDetail> =>
    expectAnswer(await fleet.call('GET', `/rollouts/${id}`), 200);
  return {
    ...fleet,
    rollout,
    pass: (ms) => {
      aheadMs += ms;
    },
    policy: async (text) =>
      expectAnswer<{ summary: { id: string } }>(await fleet.call('POST', '/policies', { text }), 201).summary.id,
    start: async (policyId, rest = {}) =>
      expectAnswer(await fleet.call('POST', '/rollouts', { policyId, ...rest }), 201),
    members: async (id) => {
      const { items } = expectAnswer<RolloutMemberList>(
        await fleet.call('GET', `/rollouts/${id}/members?limit=1000`),
        200,
      );
      return new Map(items.map((member) => [member.hostname, member]));
    },
    until: async (id, agents, done, answer) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const agent of agents) {
          await agent.report();
          await work(agent, answer);
        }
        const detail = await rollout(id);
        if (await done(detail)) return detail;
        await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
      }
      const { summary, rings, events } = await rollout(id);
      throw new Error(`it did not come to that: ${JSON.stringify({ summary, rings, events }, null, 1)}`);
    },
  };
}

async function work(agent: FakeAgent, decide: Answer = () => undefined): Promise<void> {
  const { orders } = await agent.takeOrders();
  for (const order of orders) {
    const result = decide(agent, order);
    if (result === 'silence') continue;
    if (result === undefined) await agent.obey(order);
    else await agent.tell(agent.outcomeOf(order, result));
  }
}

function expectAnswer<T>({ status, json }: { status: number; json: unknown }, expected: number): T {
  if (status !== expected) throw new Error(`${status} instead of ${expected}: ${JSON.stringify(json)}`);
  return json as T;
}
