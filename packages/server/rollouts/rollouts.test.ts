import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../testing/rollout-fleet.ts';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

/** For endpoints whose names begin so: a canary, an early one, and the rest. */
const threeRings = (prefix: string, rest = ''): string => `
format: 1
name: ${prefix}
scope:
  hostnames: ['${prefix}-*']
content: endpoint
atOnce: 100%
rings:
  - name: canary
    members: { filter: { hostnames: ['*-canary*'] } }
  - name: early
    members: { filter: { hostnames: ['*-early*'] } }
  - name: rest
    members: rest
${rest}`;

const agentsNamed = async (prefix: string, ...names: readonly string[]) =>
  Promise.all(names.map((name) => fleet.agent(`${prefix}-${name}`)));

const ordersOf = async (hostname: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ kind: string }>`
    select o.kind from endpoint_order o join endpoint e on e.id = o.endpoint_id
    where e.hostname = ${hostname} and o.kind <> 'scan' order by o.generation`.execute(fleet.context.database.kysely);
  return rows.map(({ kind }) => kind);
};
const over = ({ summary }: { summary: { endedAt: string | null } }): boolean => summary.endedAt !== null;

/** The service of this agent's patch fails after it was installed; undoing it works. */
const badOn =
  (hostname: string): Answer =>
  (agent, { body }) => {
    if (agent.hostname !== hostname || body.kind !== 'apply') return undefined;
    agent.install(body.transaction);
    const verification = agent.verification({ failedUnitsAfter: ['web.service'], effective: false });
    const kept = body.transaction.changes.map(({ name, architecture, from }) => ({
      name,
      architecture,
      version: from ?? '',
      sha256: 'b'.repeat(64),
      sizeBytes: 1000,
      from: 'archive' as const,
    }));
    return { kind: 'applied', verification, kept, rollbackGaps: [], resumed: false };
  };

describe('a good patch', () => {
  test('goes ring by ring: asked, tried, installed, and only then the next', async () => {
    const agents = await agentsNamed('good', 'canary1', 'early1', 'web1', 'web2');
    const { summary } = await fleet.start(await fleet.policy(threeRings('good')));
    expect(summary).toMatchObject({ state: 'running', memberCount: 4, patchCount: 1 });
    // As long as the canary does nothing, nobody else hears of it.
    await fleet.until(summary.id, [], (detail) => detail.rings[0]?.openedAt !== null);
    expect(await ordersOf('good-early1')).toEqual([]);
    const waiting = (await fleet.members(summary.id)).get('good-web1');
    expect(waiting).toMatchObject({ state: null, outcome: 'waiting', wait: 'ring' });
    const end = await fleet.until(summary.id, agents, over);
    expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 4 } });
    expect(end.rings.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed']);
    for (const { hostname } of agents) expect(await ordersOf(hostname)).toEqual(['plan', 'trial', 'apply']);
    expect(end.events.map(({ kind, ring }) => `${kind} ${ring}`).reverse()).toEqual([
      'started null',
      'ring-opened canary',
      'gate-passed canary',
      'ring-opened early',
      'gate-passed early',
      'ring-opened rest',
      'gate-passed rest',
      'finished null',
    ]);
    const run = await fleet.run(end.summary.runId ?? '');
    expect(run.summary).toMatchObject({ state: 'finished', rollout: { id: summary.id } });
    const again = await fleet.call('POST', '/rollouts', { policyId: end.summary.policy.id });
    expect(again).toMatchObject({ status: 409, json: { code: 'nothing-to-do' } });
  });

  test('plans form a line: each names the one before it', async () => {
    const [agent] = await agentsNamed('line', 'canary1');
    if (agent === undefined) throw new Error('no agent');
    const { summary } = await fleet.start(await fleet.policy(threeRings('line')));
    const end = await fleet.until(summary.id, [agent], over);
    const plans = await fleet.call('GET', `/rollouts/${summary.id}/plans`);
    const { items } = plans.json as { items: { id: string; parentId: string | null; number: number }[] };
    expect(items[0]?.id).toBe(end.plan?.id);
    expect(items.at(-1)).toMatchObject({ parentId: null, number: 1 });
    for (const [index, { parentId }] of items.entries()) expect(parentId).toBe(items[index + 1]?.id ?? null);
    const change = sql`update rollout_plan set actions = '[]' where id = ${end.plan?.id}`;
    await expect(change.execute(fleet.context.database.kysely)).rejects.toThrow('immutable');
  });
});

describe('a bad patch', () => {
  test('stops at the canary, is put back there, and the other rings never hear of it', async () => {
    const agents = await agentsNamed('bad', 'canary1', 'early1', 'web1');
    const { summary } = await fleet.start(await fleet.policy(threeRings('bad')));
    const halted = await fleet.until(
      summary.id,
      agents,
      async ({ summary: { state } }) =>
        state === 'halted' && (await fleet.members(summary.id)).get('bad-canary1')?.state === 'rolled-back',
      badOn('bad-canary1'),
    );
    expect(await ordersOf('bad-canary1')).toEqual(['plan', 'trial', 'apply', 'rollback']);
    expect(agents[0]?.manifest.packages.find(({ name }) => name === 'openssl')?.version).toBe('3.0.15-1');
    expect(halted.events.find(({ kind }) => kind === 'halted')).toMatchObject({ actor: 'planner', ring: 'canary' });
    for (const hostname of ['bad-early1', 'bad-web1']) expect(await ordersOf(hostname)).toEqual([]);
    const { rows } = await sql`select 1 from run_target where run_id = ${halted.summary.runId}`.execute(
      fleet.context.database.kysely,
    );
    expect(rows).toHaveLength(1);
    expect(halted.actions).toContain('cancel');
    await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
    const end = await fleet.until(summary.id, agents, over);
    expect(end.summary.state).toBe('cancelled');
  });

  test('is recalled fleet-wide when the policy says so', async () => {
    const agents = await agentsNamed('recall', 'canary1', 'web1');
    const policyId = await fleet.policy(threeRings('recall', 'onFailure:\n  rollBack: ring\n  block: true\n'));
    const { summary } = await fleet.start(policyId);
    const end = await fleet.until(
      summary.id,
      agents,
      ({ events }) => events.some(({ kind }) => kind === 'blocked'),
      badOn('recall-canary1'),
    );
    expect(end.events.find(({ kind }) => kind === 'blocked')?.summary).toContain('openssl 3.0.17-1');
    const blocks = await fleet.call('GET', '/content/blocks');
    expect(blocks.json['items']).toMatchObject([{ name: 'openssl', version: '3.0.17-1' }]);
    const [block] = blocks.json['items'] as { id: string }[];
    await fleet.call('DELETE', `/content/blocks/${block?.id}`);
    await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
    await fleet.until(summary.id, agents, over);
  });

  test('that a trial finds is never installed', async () => {
    const agents = await agentsNamed('tried', 'canary1', 'web1');
    const { summary } = await fleet.start(await fleet.policy(threeRings('tried')));
    const halted = await fleet.until(
      summary.id,
      agents,
      ({ summary: { state } }) => state === 'halted',
      (_agent, { body }) =>
        body.kind !== 'trial'
          ? undefined
          : {
              kind: 'tried',
              transactionDigest: body.transactionDigest,
              logTail: [],
              report: {
                verdict: 'failed',
                message: 'postinst of openssl failed',
                clone: 'overlay on tmpfs',
                brokenPackages: ['openssl'],
                checks: [],
                gaps: [],
                installMs: 1,
                totalMs: 1,
                diskBytes: 1,
              },
            },
    );
    expect(await ordersOf('tried-canary1')).toEqual(['plan', 'trial']);
    expect(await ordersOf('tried-web1')).toEqual([]);
    const member = (await fleet.members(summary.id)).get('tried-canary1');
    expect(member).toMatchObject({ trial: 'failed', outcome: 'failed' });
    expect(halted.actions).toEqual(expect.arrayContaining(['cancel', 'resume', 'block']));
    const why = await fleet.call('GET', `/endpoints/${agents[0]?.id}/why`);
    expect(why.json).toMatchObject({ rollout: { id: summary.id }, policy: { name: 'tried', ring: 'canary' } });
    await fleet.call('POST', `/rollouts/${summary.id}/cancel`, {});
    await fleet.until(summary.id, agents, over);
  });
});

test('the server logged no error', () => {
  expect(fleet.errors).toEqual([]);
});
