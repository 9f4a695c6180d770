import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Order,
  OutcomeResult,
  RolloutDetail,
  RolloutList,
  RolloutMember,
  RolloutMemberList,
  RolloutPlanList,
  WhyNotPatched,
} from '@thimble/protocol';
import { type FakeAgent, keptOf } from '@thimble/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../../testing/fleet.ts';

const ROUNDS = 300;
const ROUND_MS = 50;

let fleet: CommandedFleet;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-rollouts-'));
  fleet = await startCommandedFleet();
});
afterAll(async () => {
  await fleet.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A policy for endpoints whose names begin so, with a canary and the rest, and its endpoints. */
const policy = async (name: string, more = ''): Promise<readonly [canary: FakeAgent, web: FakeAgent]> => {
  const path = join(directory, `${name}.yaml`);
  writeFileSync(
    path,
    `format: 1
name: ${name}
scope: { hostnames: ['${name}-*'] }
trial: { mode: none }
atOnce: 100%
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary'] } } }
  - { name: rest, members: rest }
${more.includes('content:') ? more : `content: endpoint\n${more}`}`,
  );
  const agents = [await fleet.agent(`${name}-canary`), await fleet.agent(`${name}-web`)] as const;
  const { code, stderr } = await fleet.run(['policies', 'apply', path]);
  if (code !== EXIT.ok) throw new Error(stderr);
  return agents;
};
/** Begins a rollout, and waits for its first plan: that is made right after, by whoever moves rollouts on. */
const started = async (name: string): Promise<string> => {
  const { id } = (await fleet.json<RolloutDetail>('rollouts', 'start', name)).summary;
  for (let round = 0; round < ROUNDS; round += 1) {
    if ((await fleet.json<RolloutPlanList>('rollouts', 'plans', id)).items.length > 0) return id;
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  }
  throw new Error(`no plan of ${name} was made`);
};
const detail = (id: string) => fleet.json<RolloutDetail>('rollouts', 'show', id);
const member = async (id: string, hostname: string): Promise<RolloutMember | undefined> =>
  (await fleet.json<RolloutMemberList>('rollouts', 'members', id)).items.find((each) => each.hostname === hostname);

type Answer = (agent: FakeAgent, order: Order) => OutcomeResult | undefined;
const well: Answer = () => undefined;
/** A patch that is installed, and whose service fails then; undoing it works. */
const broken: Answer = (agent, { body }) => {
  if (body.kind !== 'apply') return undefined;
  agent.install(body.transaction);
  const verification = agent.verification({ failedUnitsAfter: ['web.service'], effective: false });
  return { kind: 'applied', verification, kept: keptOf(body.transaction), rollbackGaps: [], resumed: false };
};

const work = async (agents: readonly FakeAgent[], answer: Answer): Promise<void> => {
  for (const agent of agents) {
    await agent.report();
    for (const order of (await agent.takeOrders()).orders) {
      const result = answer(agent, order);
      if (result === undefined) await agent.obey(order);
      else await agent.tell(agent.outcomeOf(order, result));
    }
  }
};
/** Lets the endpoints work until that is so. */
const until = async (agents: readonly FakeAgent[], answer: Answer, done: () => Promise<boolean>): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await work(agents, answer);
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  }
  throw new Error(`it did not come to that: ${(await fleet.run(['rollouts', 'show', 'last'])).stdout}`);
};
/** `rollouts watch`, while the endpoints work. */
const watched = async (id: string, agents: readonly FakeAgent[], answer: Answer) => {
  let over = false;
  const watching = fleet.run(['rollouts', 'watch', id]).finally(() => (over = true));
  await until(agents, answer, () => Promise.resolve(over));
  return watching;
};

describe('without a rollout', () => {
  it('says so, and what begins one', async () => {
    const { code, stderr } = await fleet.run(['rollouts']);
    expect({ code, stderr }).toEqual({
      code: EXIT.ok,
      stderr: 'There is none yet: thimble rollouts start POLICY begins one.',
    });
    expect((await fleet.json<RolloutList>('rollouts')).items).toEqual([]);
    expect(await fleet.run(['rollouts', 'show', 'last'])).toMatchObject({ code: EXIT.usage });
    expect(await fleet.run(['rollouts', 'start', 'nobody'])).toMatchObject({ code: EXIT.usage });
  });

  it.each([
    [['rollouts', 'halt', 'last'], /required option '--reason/],
    [['rollouts', 'hold', 'last', '--reason', 'x'], /required option '--endpoints/],
    [['rollouts', 'skip-gate', 'last', '--reason', 'x'], /required option '--ring/],
    [['rollouts', 'members', 'last', '--outcome', 'fine'], /Allowed choices are done, busy, failed/],
    [['rollouts', 'hold', 'last', '--reason', 'x', '--endpoints', 'a', '--until', 'later'], /has to be a date/],
    [['rollouts', 'begin'], /unknown command|too many arguments/],
    [['why', 'nobody'], /no endpoint/],
  ])('%j is wrong usage', async (argv, message) => {
    const { code, stderr } = await fleet.run(argv);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(message);
  });
});

it('a snapshot of no repository is not waited for: check warns, and start refuses', async () => {
  await policy('frozen', 'content: { snapshot: new }\n');
  const { code, stderr } = await fleet.run(['policies', 'check', join(directory, 'frozen.yaml')]);
  expect(code).toBe(EXIT.ok);
  expect(stderr).toMatch(/warning content: there is no repository yet/);
  const refused = await fleet.run(['rollouts', 'start', 'frozen']);
  expect(refused.code).toBe(EXIT.failure);
  expect(refused.stderr).toMatch(/no repository yet .*\n.*`content: endpoint`/);
});

describe('a good patch', () => {
  let agents: readonly [FakeAgent, FakeAgent];
  let id: string;

  it('why: nobody has started a rollout of the policy', async () => {
    agents = await policy('good');
    const { code, stdout } = await fleet.run(['why', 'good-web']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^good-web: until somebody starts a rollout of good\n/);
    expect(stdout).toMatch(/→ rollout: /);
    expect(stdout).toMatch(/openssl +3\.0\.15-1 +3\.0\.17-1 +yes/);
  });

  it('begins, and shows its rings; the second waits for the first, and why says so', async () => {
    id = await started('good');
    const { stdout } = await fleet.run(['rollouts', 'show', 'last']);
    expect(stdout).toMatch(/Policy: +good, version 1/);
    expect(stdout).toMatch(/canary +\w+ +0\/1/);
    expect(stdout).toMatch(/rest +waiting +0\/1/);
    expect(stdout).toMatch(/openssl 3\.0\.17-1 .*0\/2/);
    expect((await fleet.run(['why', 'good-web'])).stdout).toMatch(/→ .*canary/);
    expect((await fleet.run(['rollouts'])).stdout).toMatch(/canary 0\/1 → rest 0\/1/);
  });

  it('can be begun once only', async () => {
    const { code, stderr } = await fleet.run(['rollouts', 'start', 'good']);
    expect(code).toBe(EXIT.failure);
    expect(stderr).toMatch(/good/);
  });

  it('is no longer watched on Ctrl-C, and goes on', async () => {
    const { code, stderr } = await fleet.run(['rollouts', 'watch', id], undefined, AbortSignal.timeout(300));
    expect(code).toBe(EXIT.interrupted);
    expect(stderr).toContain(`the rollout goes on: thimble rollouts watch ${id}`);
    expect((await detail(id)).summary.state).toBe('running');
  });

  it('is watched to its end, which is the exit code', async () => {
    const { code, stdout, stderr } = await watched(id, agents, well);
    expect(code).toBe(EXIT.ok);
    expect(stderr).toMatch(/ring canary {2}passed/);
    expect(stderr).toMatch(/rest {2}good-web {2}effective/);
    expect(stderr.indexOf('ring canary  passed')).toBeLessThan(stderr.indexOf('good-web  effective'));
    expect(stdout).toMatch(/State: +finished/);
    expect(await fleet.run(['rollouts', 'watch', id])).toMatchObject({ code: EXIT.ok });
  });

  it('lists its endpoints and the plans that were followed', async () => {
    const { code, stdout } = await fleet.run(['rollouts', 'members', id]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/good-canary +canary +effective .*is patched, verified/);
    expect((await fleet.run(['rollouts', 'members', id, '--ring', 'rest'])).stdout).not.toContain('good-canary');
    expect(await fleet.run(['rollouts', 'members', id, '--outcome', 'failed'])).toMatchObject({
      code: EXIT.ok,
      stdout: '',
      stderr: 'None of its endpoints is so.',
    });
    const { items } = await fleet.json<RolloutPlanList>('rollouts', 'plans', id);
    expect(items.at(-1)?.number).toBe(1);
    expect((await fleet.run(['rollouts', 'plans', id])).stdout.split('\n')).toHaveLength(items.length + 1);
  });

  it('why: there is nothing to be patched any more', async () => {
    const why = await fleet.json<WhyNotPatched>('why', 'good-web');
    expect(why.updateCount).toBe(0);
    expect((await fleet.run(['why', 'good-web'])).stdout).not.toContain('pending:');
  });
});

describe('a bad patch', () => {
  let agents: readonly [FakeAgent, FakeAgent];
  let id: string;

  it('stops at the canary: it is put back, and both watch and the list of what failed end with 1', async () => {
    agents = await policy('bad');
    id = await started('bad');
    const { code, stderr } = await watched(id, agents, broken);
    expect(code).toBe(EXIT.failure);
    expect(stderr).toMatch(/halted/);
    await until(agents, broken, async () => {
      const canary = await member(id, 'bad-canary');
      return canary?.state === 'rolled-back' && canary.outcome === 'failed';
    });
    const failed = await fleet.run(['rollouts', 'members', id, '--outcome', 'failed']);
    expect(failed.code).toBe(EXIT.failure);
    expect(failed.stdout).toMatch(/bad-canary +canary +rolled-back .* back to /);
    expect(failed.stdout).not.toContain('bad-web');
    expect(agents[1].updates.updates).toHaveLength(1);
  });

  it('why: the others wait because it is halted', async () => {
    const { stdout } = await fleet.run(['why', 'bad-web']);
    expect(stdout).toMatch(/^bad-web: .*halted/);
  });

  it('recalls the versions fleet-wide after a question', async () => {
    const argv = ['rollouts', 'block', id, '--reason', 'web breaks'];
    expect(await fleet.run(argv)).toMatchObject({ code: EXIT.pending });
    const { code, stderr } = await fleet.run([...argv, '--yes']);
    expect({ code, stderr }).toMatchObject({ code: EXIT.ok });
    // Done by whoever moves the rollout on, right after.
    await until(agents, well, async () => (await fleet.run(['content', 'blocks'])).stdout.includes('openssl'));
    await fleet.run(['content', 'blocks', 'lift', 'openssl']);
  });

  it('is ended after a question, and nothing is left to be done', async () => {
    expect(await fleet.run(['rollouts', 'cancel', id])).toMatchObject({ code: EXIT.pending });
    expect(await fleet.run(['rollouts', 'cancel', id, '--yes'])).toMatchObject({ code: EXIT.ok });
    await until(agents, well, async () => (await detail(id)).summary.endedAt !== null);
    const { stdout } = await fleet.run(['rollouts', 'show', id]);
    expect(stdout).toMatch(/State: +cancelled/);
    expect(await fleet.run(['rollouts', 'resume', id])).toMatchObject({ code: EXIT.failure });
    expect(await fleet.run(['rollouts', 'watch', id])).toMatchObject({ code: EXIT.failure });
  });
});

describe('decisions', () => {
  it('an approval is waited for, and given', async () => {
    const agents = await policy('asked', 'approvals: { required: 1 }\n');
    const id = await started('asked');
    const waiting = await watched(id, agents, well);
    expect(waiting.code).toBe(EXIT.pending);
    expect(waiting.stdout).toMatch(/State: +awaiting-approval/);
    expect(waiting.stdout).toMatch(/Approved by: +nobody \(0 of 1\)/);
    expect((await fleet.run(['why', 'asked-web'])).stdout).toMatch(/approv/);
    expect(await fleet.run(['rollouts', 'approve', id])).toMatchObject({ code: EXIT.ok });
    expect(await watched(id, agents, well)).toMatchObject({ code: EXIT.ok });
  });

  it('a halt holds everything until it is resumed', async () => {
    const agents = await policy('halted');
    const id = await started('halted');
    const { code, stderr } = await fleet.run(['rollouts', 'halt', id, '--reason', 'tickets come in']);
    expect(code).toBe(EXIT.ok);
    expect(stderr).toMatch(/halted: .*tickets come in/);
    for (let round = 0; round < 5; round += 1) await work(agents, well);
    expect(agents.map(({ updates }) => updates.updates.length)).toEqual([1, 1]);
    expect(await fleet.run(['rollouts', 'resume', id])).toMatchObject({ code: EXIT.ok });
    expect(await watched(id, agents, well)).toMatchObject({ code: EXIT.ok });
  });

  it('a held endpoint is left alone, why says by whom and why, and it goes on when it is released', async () => {
    const agents = await policy('held');
    const id = await started('held');
    const hold = ['rollouts', 'hold', id, '--endpoints', 'held-canary', '--reason', 'month end'];
    expect(await fleet.run(hold)).toMatchObject({ code: EXIT.ok });
    for (let round = 0; round < 5; round += 1) await work(agents, well);
    expect(agents[0].updates.updates).toHaveLength(1);
    expect((await fleet.run(['rollouts', 'members', id])).stdout).toMatch(/held-canary .*held by .*: month end/);
    expect((await fleet.run(['why', 'held-canary'])).stdout).toMatch(/month end/);
    await fleet.run(['rollouts', 'release', id, '--endpoints', 'held-canary']);
    expect(await watched(id, agents, well)).toMatchObject({ code: EXIT.ok });
  });

  it('everything goes back to the versions before, after a question', async () => {
    const agents = await policy('back');
    const id = await started('back');
    await until(agents, well, async () => (await member(id, 'back-canary'))?.outcome === 'done');
    const argv = ['rollouts', 'roll-back', id, '--ring', 'canary', '--reason', 'mail broke'];
    expect(await fleet.run(argv)).toMatchObject({ code: EXIT.pending });
    expect(await fleet.run([...argv, '--yes'])).toMatchObject({ code: EXIT.ok });
    await until(agents, well, async () => (await member(id, 'back-canary'))?.state === 'rolled-back');
    expect(await fleet.run([...argv, '--yes', '--ring', 'nobody'])).toMatchObject({ code: EXIT.failure });
  });

  it('a name that looks like an option is a name', async () => {
    const agents = await policy('named');
    const { summary } = await fleet.json<RolloutDetail>('rollouts', 'start', 'named', '--name=--all');
    expect(summary.name).toBe('--all');
    expect((await fleet.run(['rollouts', 'show', '--', '--all'])).stdout).toContain(summary.id);
    expect(await watched(summary.id, agents, well)).toMatchObject({ code: EXIT.ok });
  });
});
