import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';

const POLICY = `
format: 1
name: weekly
content: endpoint
atOnce: 100%
trial:
  mode: each
rings:
  - name: canary
    members:
      filter:
        hostnames: ['canary*']
  - name: early
    members:
      filter:
        hostnames: ['early*']
  - name: rest
    members: rest
`;

let fleet: RolloutFleet;
beforeEach(async () => {
  fleet = await startRolloutFleet();
});
afterEach(async () => {
  const { errors } = fleet;
  await fleet.stop();
  expect(errors).toEqual([]);
});

const kinds = async (endpointId: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ kind: string }>`
    select kind from endpoint_order where endpoint_id = ${endpointId} and kind <> 'scan' order by generation`.execute(
    fleet.context.database.kysely,
  );
  return rows.map(({ kind }) => kind);
};

describe('a good patch', () => {
  test('goes ring by ring: asked, tried, installed, and only then the next', async () => {
    const agents = [
      await fleet.agent('canary1'),
      await fleet.agent('early1'),
      await fleet.agent('web1'),
      await fleet.agent('web2'),
    ];
    const [canary, early, web] = agents;
    const { summary } = await fleet.start(await fleet.policy(POLICY));
    expect(summary).toMatchObject({ state: 'running', memberCount: 4, patchCount: 1 });
    // As long as the canary does nothing, nobody else hears of it.
    await fleet.until(summary.id, [], (detail) => detail.rings[0]?.openedAt !== null);
    expect(await kinds(early?.id ?? '')).toEqual([]);
    expect((await fleet.members(summary.id)).get('web1')).toMatchObject({
      state: null,
      outcome: 'waiting',
      wait: 'ring',
    });
    const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
    expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 4 } });
    expect(end.rings.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed']);
    for (const each of [canary, early, web]) expect(await kinds(each?.id ?? '')).toEqual(['plan', 'trial', 'apply']);
    const order = end.events.map(({ kind, ring }) => `${kind} ${ring}`).reverse();
    expect(order).toEqual([
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
  });
});
