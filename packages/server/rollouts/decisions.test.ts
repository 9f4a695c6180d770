import type { RolloutDetail } from '@thimble/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../testing/fake-agent.ts';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

interface Begun {
  readonly id: string;
  readonly agents: readonly FakeAgent[];
  readonly detail: RolloutDetail;
  readonly decide: (what: string, body?: unknown) => ReturnType<RolloutFleet['call']>;
}

/** A rollout of a policy of its own over a canary and one more endpoint. */
async function begin(prefix: string, more = ''): Promise<Begun> {
  const agents = await Promise.all(['canary1', 'web1'].map((name) => fleet.agent(`${prefix}-${name}`)));
  const policyId = await fleet.policy(`
format: 1
name: ${prefix}
scope: { hostnames: ['${prefix}-*'] }
content: endpoint
atOnce: 100%
trial: { mode: none }
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary*'] } } }
  - { name: rest, members: rest }
${more}`);
  const detail = await fleet.start(policyId);
  const { id } = detail.summary;
  return { id, agents, detail, decide: (what, body = {}) => fleet.call('POST', `/rollouts/${id}/${what}`, body) };
}

const over = ({ summary }: RolloutDetail): boolean => summary.endedAt !== null;
const ringOpen =
  (index: number) =>
  ({ rings }: RolloutDetail): boolean =>
    rings[index]?.openedAt !== null;

describe('approvals', () => {
  test('of the rollout: nobody is asked for anything before, and one person counts once', async () => {
    const { id, agents, detail, decide } = await begin('two', 'approvals: { required: 2 }');
    expect(detail.summary.state).toBe('awaiting-approval');
    expect(await decide('approve')).toMatchObject({
      status: 200,
      json: { approvals: { required: 2, by: ['Administrator'] } },
    });
    expect(await decide('approve')).toMatchObject({ status: 409, json: { code: 'already-approved' } });
    const one = await fleet.until(
      id,
      agents,
      async () => (await fleet.members(id)).get('two-canary1')?.wait === 'approval',
    );
    expect(one.rings[0]?.openedAt).toBeNull();
    await sql`insert into rollout_approval values (${id}, -1, 'somebody else', now())`.execute(
      fleet.context.database.kysely,
    );
    // The planner hears of it at the latest when it looks anyway.
    fleet.pass(60_000);
    const end = await fleet.until(id, agents, over);
    expect(end.summary.state).toBe('finished');
  });

  test('the last one that is needed lets it go on at once', async () => {
    const { decide } = await begin('enough', 'approvals: { required: 1 }');
    expect(await decide('approve')).toMatchObject({ json: { summary: { state: 'running' } } });
    await decide('cancel');
  });

  test('only of those whom the policy names', async () => {
    const { decide } = await begin('named', 'approvals: { required: 1, from: [alice] }');
    expect(await decide('approve')).toMatchObject({ status: 403, json: { code: 'not-an-approver' } });
    await decide('cancel');
  });

  test('of a ring: the next one waits for it', async () => {
    const { id, agents, decide } = await begin('gated', 'gate: { approvals: 1 }');
    const waiting = await fleet.until(id, agents, ({ rings }) => rings[0]?.explanation.includes('approve') === true);
    expect(waiting.rings[1]?.openedAt).toBeNull();
    expect(waiting.actions).toContain('approve');
    expect(await decide('approve', { ring: 'canary' })).toMatchObject({ status: 200 });
    expect((await fleet.until(id, agents, over)).summary.state).toBe('finished');
  });

  test('that nobody asks for are refused', async () => {
    const { decide } = await begin('none');
    expect(await decide('approve')).toMatchObject({ status: 409, json: { code: 'not-applicable' } });
    expect(await decide('approve', { ring: 'nowhere' })).toMatchObject({ status: 404, json: { code: 'unknown-ring' } });
    await decide('cancel');
  });
});

describe('a halt', () => {
  test('begins nothing new until somebody resumes', async () => {
    const { id, agents, decide } = await begin('halted');
    expect(await decide('halt', { reason: 'the database is slow' })).toMatchObject({
      status: 200,
      json: { summary: { state: 'halted' } },
    });
    expect(await decide('halt', { reason: 'again' })).toMatchObject({ status: 409 });
    expect(await (await fetch(`${fleet.url}/metrics`)).text()).toContain('thimble_rollouts{state="halted"} 1');
    await fleet.until(id, agents, async () => (await fleet.members(id)).get('halted-web1')?.wait === 'halted');
    expect(await decide('resume')).toMatchObject({ status: 200, json: { summary: { state: 'running' } } });
    expect((await fleet.until(id, agents, over)).summary.state).toBe('finished');
    expect(await decide('halt', { reason: 'too late' })).toMatchObject({ status: 409, json: { code: 'rollout-over' } });
  });
});

describe('an installation that nobody has begun', () => {
  test('is withdrawn by a halt, and goes out again after it', async () => {
    const { id, agents, decide } = await begin('caught');
    const [canary] = agents;
    const orders = async (): Promise<readonly string[]> => {
      const { rows } = await sql<{ kind: string }>`select kind || coalesce(' ' || closed_reason, '') as kind
        from endpoint_order where endpoint_id = ${canary?.id} order by generation`.execute(
        fleet.context.database.kysely,
      );
      return rows.map(({ kind }) => kind);
    };
    // It has planned, and is not there when its installation is ordered.
    await fleet.until(id, [], async () => (await orders()).length === 1);
    await canary?.work();
    await fleet.until(id, [], async () => (await orders()).length === 2);
    await decide('halt', { reason: 'the database is slow' });
    await fleet.until(id, [], async () => (await orders())[1] === 'apply cancelled');
    await fleet.until(id, agents, async () => (await fleet.members(id)).get('caught-canary1')?.wait === 'halted');
    expect(await orders()).toEqual(['plan', 'apply cancelled']);
    await decide('resume');
    fleet.pass(600_000);
    const end = await fleet.until(id, agents, (detail) => {
      fleet.pass(5_000);
      return over(detail);
    });
    expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 2 } });
  });
});

describe('a hold', () => {
  test('keeps one endpoint out until it is released, and its ring waits for it', async () => {
    const { id, agents, decide } = await begin('held');
    const endpoints = [agents[1]?.id];
    expect(await decide('hold', { endpoints, reason: 'it is demonstrated today' })).toMatchObject({ status: 200 });
    await fleet.until(id, agents, async () => (await fleet.members(id)).get('held-web1')?.wait === 'hold');
    const stranger = '01a2037b-0000-7000-8000-000000000000';
    expect(await decide('hold', { endpoints: [stranger], reason: 'x' })).toMatchObject({ status: 404 });
    expect((await fleet.members(id)).get('held-web1')?.hold).toMatchObject({ by: 'Administrator' });
    await decide('release', { endpoints });
    expect((await fleet.until(id, agents, over)).summary.counts.done).toBe(2);
  });
});

describe('a gate', () => {
  test('that waits for people can be passed by hand, with a reason that is kept', async () => {
    const { id, agents, decide } = await begin('skipped', 'gate: { patchedAtLeast: 2 }');
    await fleet.until(id, agents, ({ rings }) => rings[0]?.state === 'gate');
    expect(await decide('skip-gate', { ring: 'rest', reason: 'why not' })).toMatchObject({ status: 409 });
    const reply = await decide('skip-gate', { ring: 'canary', reason: 'one is enough today' });
    expect(reply).toMatchObject({ status: 200, json: { rings: [{ skippedBy: 'Administrator' }, {}] } });
    expect((await fleet.until(id, agents, over)).summary.state).toBe('finished');
  });
});

describe('putting back', () => {
  test('a whole rollout: what was installed goes, and nothing new begins', async () => {
    const { id, agents, decide } = await begin('undone', 'gate: { approvals: 1 }');
    await fleet.until(id, agents, ({ rings }) => rings[0]?.explanation.includes('approve') === true);
    expect(await decide('roll-back', { reason: 'customers complain' })).toMatchObject({
      status: 200,
      json: { summary: { state: 'rolling-back' } },
    });
    const end = await fleet.until(id, agents, over);
    expect(end.summary.state).toBe('rolled-back');
    expect((await fleet.members(id)).get('undone-canary1')?.state).toBe('rolled-back');
    expect((await fleet.members(id)).get('undone-web1')?.state).toBeNull();
    expect(agents[0]?.manifest.packages.find(({ name }) => name === 'openssl')?.version).toBe('3.0.15-1');
  });
});

describe('a cancelled rollout', () => {
  test('ends with what has not begun left out, and its policy can start again', async () => {
    const { id, agents, detail, decide } = await begin('cancelled');
    await fleet.until(id, [], ringOpen(0));
    expect(await decide('cancel')).toMatchObject({ status: 200 });
    expect((await fleet.until(id, agents, over)).summary.state).toBe('cancelled');
    expect(agents[1]?.manifest.packages.find(({ name }) => name === 'openssl')?.version).toBe('3.0.15-1');
    const again = await fleet.start(detail.summary.policy.id);
    await fleet.call('POST', `/rollouts/${again.summary.id}/cancel`, {});
    await fleet.until(again.summary.id, [], over);
  });
});

describe('what is refused', () => {
  test('a second rollout of a policy, an unknown policy or rollout, and acting on its run past it', async () => {
    const { id, detail, decide } = await begin('refused');
    const { runId, policy } = detail.summary;
    const second = await fleet.call('POST', '/rollouts', { policyId: policy.id });
    expect(second).toMatchObject({ status: 409, json: { code: 'rollout-active' } });
    const stranger = '01a2037b-0000-7000-8000-000000000000';
    expect(await fleet.call('POST', '/rollouts', { policyId: stranger })).toMatchObject({ status: 404 });
    for (const path of ['', '/members', '/plans'])
      expect(await fleet.call('GET', `/rollouts/${stranger}${path}`)).toMatchObject({ status: 404 });
    expect(await fleet.call('POST', `/rollouts/${stranger}/halt`, { reason: 'x' })).toMatchObject({ status: 404 });
    for (const action of ['cancel', 'retry', 'roll-back'])
      expect(await fleet.call('POST', `/runs/${runId}/${action}`, {})).toMatchObject({
        status: 409,
        json: { code: 'run-of-rollout' },
      });
    const digests = { transactionDigests: ['d'.repeat(64)] };
    expect(await fleet.call('POST', `/runs/${runId}/approve`, digests)).toMatchObject({
      status: 409,
      json: { code: 'run-of-rollout' },
    });
    await decide('cancel');
    await fleet.until(id, [], over);
    expect(await decide('resume')).toMatchObject({ status: 409, json: { code: 'rollout-over' } });
  });
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
