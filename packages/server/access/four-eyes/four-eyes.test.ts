import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';
import { type TestCaller, callWith, personWith } from '../testing/person-with.ts';

let fleet: TestFleet;
let both: TestCaller;

beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());

async function planned(by: Pick<TestCaller, 'call'>) {
  const agent = await fleet.agent(`host-${fleet.context.newId().slice(-6)}`);
  const made = await by.call('POST', '/runs', { endpoints: [agent.id], selection: { kind: 'security' } });
  expect(made.status).toBe(201);
  await agent.work();
  const id = (made.json['summary'] as { id: string }).id;
  return fleet.run(id);
}
const approve = (by: Pick<TestCaller, 'call'>, { summary, groups }: Awaited<ReturnType<typeof planned>>) =>
  by.call('POST', `/runs/${summary.id}/approve`, {
    transactionDigests: groups.map(({ transactionDigest }) => transactionDigest),
  });

test('while one person may approve the rule is off, says so, and begins with the second one', async () => {
  const alone = await fleet.call('GET', '/four-eyes');
  expect(alone.json).toMatchObject({ setting: 'automatic', inForce: false, why: /Only one person may approve/ });
  expect((await approve(fleet, await planned(fleet))).status).toBe(200);
  both = await personWith(fleet, ['administrator']);
  expect((await fleet.call('GET', '/four-eyes')).json).toMatchObject({ setting: 'automatic', inForce: true });
});

test('who proposed a run does not approve it, nor does a token of theirs; somebody else does', async () => {
  const run = await planned(both);
  expect(await approve(both, run)).toMatchObject({ status: 403, json: { code: 'four-eyes' } });
  const made = await both.call('POST', '/tokens', { name: 'second me', roleId: 'administrator' });
  const headers = { authorization: `Bearer ${String(made.json['secret'])}` };
  const token = {
    call: (method: string, path: string, body?: unknown) => callWith(fleet, headers, method, path, body),
  };
  expect(await approve(token, run)).toMatchObject({ status: 403, json: { code: 'four-eyes' } });
  expect(await approve(both, await planned(token))).toMatchObject({ status: 403 });
  expect((await approve(fleet, run)).status).toBe(200);
});

test('it is switched off with evidence of who did, by those who may change the organisation', async () => {
  const run = await planned(both);
  const operator = await personWith(fleet, ['operator']);
  expect((await operator.call('PUT', '/four-eyes', { setting: 'off' })).status).toBe(403);
  expect((await both.call('PUT', '/four-eyes', { setting: 'off' })).json).toMatchObject({ inForce: false });
  expect((await approve(both, run)).status).toBe(200);
  const { rows } = await fleet.context.database.pool.query(
    "select actor, summary from evidence where kind = 'four-eyes-changed'",
  );
  expect(rows).toEqual([{ actor: both.name, summary: `${both.name} set the four-eyes rule from automatic to off` }]);
});
