import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventBus } from '../events/index.ts';
import { startRolloutFleet, type RolloutFleet } from '../testing/rollout-fleet.ts';
import { RolloutMemory } from './reconcile/memory.ts';
import { moveOn } from './reconcile/move-on.ts';
import { startRolloutReconciler } from './reconcile/reconciler.ts';

let fleet: RolloutFleet;
beforeAll(async () => {
  fleet = await startRolloutFleet();
});
afterAll(async () => {
  await fleet.stop();
});

const policy = (prefix: string, more = ''): string => `
format: 1
name: ${prefix}
scope: { hostnames: ['${prefix}-*'] }
content: endpoint
atOnce: 100%
rings:
  - { name: canary, members: { filter: { hostnames: ['*-canary*'] } } }
  - { name: rest, members: rest }
${more}`;

async function ordersByEndpoint(prefix: string): Promise<readonly (readonly string[])[]> {
  const { rows } = await sql<{ kinds: string[] }>`
    select array_agg(o.kind order by o.generation) as kinds from endpoint_order o
    join endpoint e on e.id = o.endpoint_id where e.hostname like ${`${prefix}-%`} and o.kind <> 'scan'
    group by e.id order by e.hostname`.execute(fleet.context.database.kysely);
  return rows.map(({ kinds }) => kinds);
}

const ONCE = ['plan', 'trial', 'apply'];

test('several servers move the same rollout on, and each order is given once', async () => {
  const agents = await Promise.all(['canary1', 'web1', 'web2', 'web3'].map((name) => fleet.agent(`many-${name}`)));
  const events = await createEventBus({ ...fleet.context.database, log: fleet.context.log });
  const others = [1, 2].map(() => startRolloutReconciler({ ...fleet.context, events }));
  try {
    const { summary } = await fleet.start(await fleet.policy(policy('many')));
    // And somebody who pushes all the time, with a memory that is never up to date.
    const stale = new RolloutMemory();
    const end = await fleet.until(summary.id, agents, async (detail) => {
      await Promise.all([
        moveOn(fleet.context, stale, summary.id),
        moveOn(fleet.context, new RolloutMemory(), summary.id),
      ]);
      return detail.summary.endedAt !== null;
    });
    expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 4 } });
    expect(await ordersByEndpoint('many')).toEqual([ONCE, ONCE, ONCE, ONCE]);
    expect(end.events.filter(({ kind }) => kind === 'ring-opened')).toHaveLength(2);
  } finally {
    await Promise.all(others.map((stop) => stop()));
    await events.close();
  }
});

test('a server that dies in the middle of a plan has decided nothing, whatever it had done already', async () => {
  const agents = await Promise.all(['canary1', 'web1'].map((name) => fleet.agent(`killed-${name}`)));
  const { kysely } = fleet.context.database;
  const { summary } = await fleet.start(await fleet.policy(policy('killed')));
  // Each of these makes the transaction of every second plan fail at another place: as if the connection had broken there.
  const places = ['rollout_plan', 'rollout_member', 'rollout_event', 'run_target', 'rollout_ring'];
  await sql`create sequence killed_plans`.execute(kysely);
  await sql`create function killed() returns trigger language plpgsql as $$
    begin
      if nextval('killed_plans') % 3 = 0 then raise exception 'killed' using errcode = 'admin_shutdown'; end if;
      return new;
    end $$`.execute(kysely);
  for (const place of places)
    await sql`create trigger killed before insert or update on ${sql.table(place)}
      for each statement execute function killed()`.execute(kysely);
  // On its own: the server's loops rest for seconds after a failure.
  const memory = new RolloutMemory();
  let failures = 0;
  for (let round = 0; round < 30; round += 1)
    await moveOn(fleet.context, memory, summary.id).catch(() => {
      failures += 1;
    });
  expect(failures).toBeGreaterThan(0);
  for (const place of places) await sql`drop trigger killed on ${sql.table(place)}`.execute(kysely);
  const end = await fleet.until(summary.id, agents, async (detail) => {
    await moveOn(fleet.context, memory, summary.id);
    return detail.summary.endedAt !== null;
  });
  expect(end.summary).toMatchObject({ state: 'finished', counts: { done: 2 } });
  expect(await ordersByEndpoint('killed')).toEqual([ONCE, ONCE]);
  fleet.errors.length = 0;
});

test('a plan that its linter refuses is not done: the rollout halts with the rule, and a person decides', async () => {
  const agents = [await fleet.agent('lint-canary1')];
  const { summary } = await fleet.start(await fleet.policy(policy('lint', 'approvals: { required: 1 }')));
  const memory = new RolloutMemory();
  await fleet.until(
    summary.id,
    [],
    async () => (await fleet.members(summary.id)).get('lint-canary1')?.wait === 'approval',
  );
  const planner = memory.planner.plan;
  const broken: typeof planner = (input) => {
    const { plan, report } = planner(input);
    const [member] = input.rollout.members;
    const actions = [{ kind: 'ask', endpointId: member?.endpointId ?? '' } as const];
    return { plan: { ...plan, actions }, report };
  };
  Object.assign(memory, { planner: { plan: broken } });
  await moveOn(fleet.context, memory, summary.id);
  const halted = await fleet.rollout(summary.id);
  expect(halted.summary).toMatchObject({ state: 'halted' });
  expect(halted.events[0]).toMatchObject({ actor: 'plan linter', kind: 'halted' });
  expect(await ordersByEndpoint('lint')).toEqual([]);
  expect(fleet.errors.splice(0).join()).toContain('refused by its linter');
  await fleet.call('POST', `/rollouts/${summary.id}/resume`, {});
  await fleet.call('POST', `/rollouts/${summary.id}/approve`, {});
  const end = await fleet.until(summary.id, agents, (detail) => detail.summary.endedAt !== null);
  expect(end.summary.state).toBe('finished');
});

test('the server logged no other error', () => {
  expect(fleet.errors).toEqual([]);
});
