import type { BlockSummary, Order, RunDetail } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FakeAgent, fakeManifest, fakePackage, fakeUpdate, fakeUpdates } from '../../testing.ts';
import { watchBlocks } from './watch-blocks.ts';
import { seedOrganisation, seedRepository, seedSnapshot } from '../../testing/seed-content.ts';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let organisationId: string;
let counter = 0;
/** A package of its own for each test, so that blocks do not meet. */
let name: string;
let web: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet();
  organisationId = fleet.context.defaultOrganisationId;
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  counter += 1;
  name = `lib${counter}`;
  web = await agentWith(`web${counter}`);
});

const agentWith = (hostname: string): Promise<FakeAgent> =>
  fleet.agent(hostname, {
    manifest: fakeManifest([fakePackage(name, '1.0', { source: `src${counter}`, sourceVersion: '1.0' })]),
    updates: fakeUpdates([fakeUpdate(name, '1.0', '1.1', { source: `src${counter}` })]),
  });
const block = async (body: object = {}): Promise<BlockSummary> => {
  const reply = await fleet.call('POST', '/content/blocks', { name, version: '1.1', reason: 'breaks TLS', ...body });
  expect(reply).toMatchObject({ status: 201 });
  return reply.json as unknown as BlockSummary;
};
const blockNamed = async (id: string): Promise<BlockSummary | undefined> => {
  const { json } = await fleet.call('GET', '/content/blocks');
  return (json['items'] as BlockSummary[]).find((each) => each.id === id);
};
const lift = (id: string) => fleet.call('DELETE', `/content/blocks/${id}`);
const targetOf = async (run: RunDetail, agent = web) =>
  (await fleet.run(run.summary.id)).targets.find(({ endpointId }) => endpointId === agent.id);
const settled = (run: RunDetail, state: string, agent = web) =>
  settle(async () => (await targetOf(run, agent))?.state === state);
const take = async (agent: FakeAgent): Promise<Order | undefined> => (await agent.takeOrders()).orders.at(-1);
const evidence = async (kind: string) => {
  const { rows } = await fleet.context.database.pool.query<{ summary: string; endpoint_id: string | null }>(
    'select summary, endpoint_id from evidence where kind = $1 order by sequence desc',
    [kind],
  );
  return rows;
};

describe('a plan with a recalled version', () => {
  test('can’t be approved, names what was recalled, and is planned again without it', async () => {
    const run = await fleet.plannedRun([web]);
    const made = await block();
    expect(made).toMatchObject({ name, version: '1.1', stoppedOrders: 0, tooLateOrders: 0, liftedAt: null });
    expect(await fleet.approve(run)).toMatchObject({
      status: 409,
      json: { code: 'blocked', extra: { blocked: `${name} 1.1 (breaks TLS)` } },
    });
    expect(await targetOf(run)).toMatchObject({
      state: 'planned',
      explanation: `blocked: ${name} 1.1 (breaks TLS) in its plan; retry asks for a plan without`,
      actions: ['retry', 'cancel'],
    });
    expect(await fleet.call('POST', `/runs/${run.summary.id}/retry`, {})).toMatchObject({ status: 200 });
    const order = await take(web);
    expect(order?.body).toMatchObject({
      kind: 'plan',
      blocks: expect.arrayContaining([{ name, architecture: null, version: '1.1', reason: 'breaks TLS' }]),
    });
    if (order !== undefined) await web.obey(order);
    await settled(run, 'nothing-to-do');
    expect((await evidence('block-created'))[0]?.summary).toContain(
      `recalled ${name} 1.1 was recalled (breaks TLS); no order with it was under way`,
    );
  });

  test('that was under way when it was recalled is blocked when it comes in', async () => {
    const created = await fleet.call('POST', '/runs', { endpoints: [web.id], selection: { kind: 'security' } });
    const run = created.json as unknown as RunDetail;
    const order = await take(web);
    await block();
    if (order !== undefined) await web.obey(order);
    expect(await targetOf(run)).toMatchObject({ state: 'planned', actions: ['retry', 'cancel'] });
    expect(await fleet.approve(await fleet.run(run.summary.id))).toMatchObject({
      status: 409,
      json: { code: 'blocked' },
    });
  });

  test('of others is approved as before', async () => {
    const other = await fleet.agent(`other${counter}`, {
      updates: fakeUpdates([fakeUpdate('curl', '7.88.1-10', '7.88.1-12')]),
    });
    const run = await fleet.plannedRun([web, other]);
    await block();
    const mine = run.groups.filter(({ endpointIds }) => endpointIds.includes(other.id));
    expect(await fleet.approve({ ...run, groups: mine })).toMatchObject({ status: 200 });
    await other.work();
    await settled(run, 'effective', other);
    expect(await targetOf(run)).toMatchObject({ state: 'cancelled', actions: ['retry'] });
  });

  test('that was approved already is not installed when the recall is lifted: a person decides again', async () => {
    const run = await fleet.plannedRun([web]);
    // Approved, and its order is not signed yet.
    await fleet.context.database.pool.query(
      'update run_target set approved_digest = transaction_digest, needs_approval = false where run_id = $1',
      [run.summary.id],
    );
    const { id } = await block();
    await lift(id);
    await settle(async () => (await targetOf(run))?.explanation === 'waits for approval: 1 change');
    expect((await web.takeOrders()).orders).toEqual([]);
  });

  test('can be approved again when the recall is lifted', async () => {
    const run = await fleet.plannedRun([web]);
    const { id } = await block();
    expect(await lift(id)).toMatchObject({ status: 204 });
    expect(await lift(id)).toMatchObject({ status: 404, json: { code: 'unknown-block' } });
    expect(await fleet.approve(await fleet.run(run.summary.id))).toMatchObject({ status: 200 });
    await web.work();
    await settled(run, 'effective');
    expect((await evidence('block-lifted'))[0]?.summary).toBe(`Administrator lifted the recall of ${name} 1.1`);
    expect(await blockNamed(id)).toMatchObject({ liftedBy: 'Administrator' });
  });
});

describe('an order with a recalled version', () => {
  test('that was not fetched is withdrawn in the same moment', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    expect(await block()).toMatchObject({ stoppedOrders: 1, tooLateOrders: 0 });
    expect((await web.takeOrders()).orders).toEqual([]);
    await settled(run, 'cancelled');
    expect((await targetOf(run))?.explanation).toBe(
      `cancelled before the endpoint fetched the order: nothing was changed; recalled: ${name} 1.1 (breaks TLS)`,
    );
    expect((await evidence('order-cancelled'))[0]).toEqual({
      endpoint_id: web.id,
      summary: `order withdrawn before the endpoint fetched it: ${name} 1.1 was recalled (breaks TLS)`,
    });
  });

  test('that was fetched is asked to stop before its point of no return', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    expect(order?.body).toMatchObject({ kind: 'apply' });
    const { id } = await block();
    const { cancellations } = await web.takeOrders();
    expect(cancellations).toEqual([order?.id]);
    if (order !== undefined) await web.tell(web.outcomeOf(order, { kind: 'cancelled', stage: 'downloading' }));
    expect(await blockNamed(id)).toMatchObject({ stoppedOrders: 1, tooLateOrders: 0 });
  });

  test('that installed all the same counts as too late', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    const { id } = await block();
    if (order !== undefined) await web.obey(order);
    await web.report();
    expect(await blockNamed(id)).toMatchObject({
      stoppedOrders: 0,
      tooLateOrders: 1,
      installedCount: 1,
      installedOn: [{ endpointId: web.id, hostname: web.hostname }],
    });
    await settled(run, 'effective');
    // The way back stays open, and its order carries no blocks.
    await fleet.call('POST', `/runs/${run.summary.id}/roll-back`, {});
    const back = await take(web);
    expect(back?.body).toMatchObject({ kind: 'rollback' });
    expect(back?.body).not.toHaveProperty('blocks');
    if (back !== undefined) await web.obey(back);
    await settled(run, 'rolled-back');
  });

  test('past its point of no return goes on, is counted as too late and named', async () => {
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    const order = await take(web);
    if (order === undefined) throw new Error('there is no order');
    await web.progress(order.id, [
      { orderId: order.id, sequence: 1, at: new Date().toISOString(), stage: 'installing', percent: 10, message: '' },
    ] as never);
    expect(await block()).toMatchObject({ stoppedOrders: 0, tooLateOrders: 1 });
    expect((await web.takeOrders()).cancellations).toEqual([]);
    expect((await targetOf(run))?.explanation).toContain('too late to stop it');
    expect((await evidence('block-created'))[0]?.summary).toContain(`1 past the point of no return (${web.hostname})`);
    await web.obey(order);
  });
});

describe('a block', () => {
  test('of a source covers its binary packages, by name in orders', async () => {
    await seedRepository(fleet.context, organisationId, `repo${counter}`, {
      packages: [
        { name, version: '1.1+b1', source: `src${counter}`, sourceVersion: '1.1' },
        { name: `${name}-dev`, version: '1.1', source: `src${counter}`, sourceVersion: '1.1' },
        { name: `${name}-old`, version: '1.0', source: `src${counter}`, sourceVersion: '1.0' },
      ],
    });
    const run = await fleet.plannedRun([web]);
    const made = await block({ name: `src${counter}`, source: true });
    expect(made).toMatchObject({ source: true, packages: [name, `${name}-dev`] });
    expect(await fleet.approve(run)).toMatchObject({ status: 409, json: { code: 'blocked' } });
    await fleet.call('POST', `/runs/${run.summary.id}/retry`, {});
    const order = await take(web);
    const blocks = order?.body.kind === 'plan' ? (order.body.blocks ?? []) : [];
    expect(blocks.filter((each) => each.name.startsWith(name)).map((each) => `${each.name} ${each.version}`)).toEqual([
      `${name} 1.1+b1`,
      `${name}-dev 1.1`,
    ]);
  });

  test('of one architecture leaves the others alone', async () => {
    const run = await fleet.plannedRun([web]);
    await block({ architecture: 'arm64' });
    expect(await fleet.approve(run)).toMatchObject({ status: 200 });
    await web.work();
  });

  test('shows where the version is installed now', async () => {
    const made = await block({ version: '1.0' });
    expect(made).toMatchObject({ installedCount: 1, packages: [name] });
    expect(made.installedOn).toEqual([{ endpointId: web.id, hostname: web.hostname }]);
  });

  test('counts on every replica as soon as it hears of it', async () => {
    const replica = await watchBlocks(fleet.context);
    const listed = { name, version: '1.1', architecture: 'amd64', source: name, sourceVersion: '1.1' };
    expect(replica.of(organisationId).find(listed)).toBeNull();
    const { id } = await block();
    await settle(async () => replica.of(organisationId).find(listed) !== null);
    expect(replica.of(organisationId).find({ ...listed, version: '1.2' })).toBeNull();
    await lift(id);
    await settle(async () => replica.of(organisationId).find(listed) === null);
    replica.close();
  });

  test('409 already-blocked: the same again', async () => {
    await block();
    const again = await fleet.call('POST', '/content/blocks', { name, version: '1.1', reason: 'again' });
    expect(again).toMatchObject({ status: 409, json: { code: 'already-blocked' } });
  });

  test('of another organisation is neither shown nor lifted, and blocks nothing here', async () => {
    const other = await seedOrganisation(fleet.context, `other${counter}`);
    const id = fleet.context.newId();
    await fleet.context.database.pool.query(
      `insert into content_block (id, organisation_id, name, version, reason, created_at, created_by)
       values ($1, $2, $3, '1.1', 'theirs', now(), 'them')`,
      [id, other, name],
    );
    expect(await blockNamed(id)).toBeUndefined();
    expect(await lift(id)).toMatchObject({ status: 404 });
    const run = await fleet.plannedRun([web]);
    expect(await fleet.approve(run)).toMatchObject({ status: 200 });
    await web.work();
  });

  test('made while plans come in and are approved misses none of them', async () => {
    const agents = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => agentWith(`many${counter}-${index}`)));
    const runs = await Promise.all(agents.map((agent) => fleet.plannedRun([agent])));
    const [made, ...approvals] = await Promise.all([block(), ...runs.map((run) => fleet.approve(run))]);
    const approved = approvals.filter(({ status }) => status === 200).length;
    for (const agent of agents) expect((await agent.takeOrders()).orders).toEqual([]);
    // Whoever was approved first had its order withdrawn, or got none because the block came before it was signed.
    const states = async () =>
      Promise.all(runs.map(async (run, index) => (await targetOf(run, agents[index]))?.state ?? ''));
    await settle(async () => (await states()).every((state) => state === 'cancelled' || state === 'planned'));
    const stopped = (await states()).filter((state) => state === 'cancelled').length;
    expect(stopped).toBeLessThanOrEqual(approved);
    expect((await blockNamed(made.id))?.stoppedOrders).toBe(stopped);
    expect(approvals.filter(({ status }) => status !== 200).map(({ json }) => json['code'])).toEqual(
      Array.from({ length: runs.length - approved }, () => 'blocked'),
    );
  });
});

describe('a run from a snapshot', () => {
  const create = (content: object) =>
    fleet.call('POST', '/runs', { endpoints: [web.id], selection: { kind: 'security' }, content });
  const snapshot = async () => {
    const { revisionIds } = await seedRepository(fleet.context, organisationId, `frozen${counter}`);
    return seedSnapshot(fleet.context, organisationId, `snapshot${counter}`, revisionIds);
  };

  test('says from what in its orders, and refuses a plan from anywhere else', async () => {
    const snapshotId = await snapshot();
    const { status, json } = await create({ snapshotId });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { summary: { content: { snapshotId, snapshotName: `snapshot${counter}` } } },
    });
    const run = json as unknown as RunDetail;
    const order = await take(web);
    if (order === undefined) throw new Error('there is no order');
    expect(order.body).toMatchObject({
      kind: 'plan',
      content: {
        snapshotId,
        snapshotName: `snapshot${counter}`,
        repositories: [
          { format: 'apt', suite: 'bookworm', components: ['main'], metadataPath: 'dists/bookworm/InRelease' },
        ],
      },
    });
    const { transaction, transactionDigest } = web.plan(order.body as never);
    const { content: _left, ...old } = transaction;
    await web.tell(web.outcomeOf(order, { kind: 'planned', transaction: old, transactionDigest }));
    expect(await targetOf(run)).toMatchObject({
      state: 'plan-failed',
      explanation: /its agent is too old for snapshots/,
    });
  });

  test('fetches ahead when asked, changes nothing by it, and applies what was approved', async () => {
    const { json } = await create({ snapshotId: await snapshot() });
    const run = json as unknown as RunDetail;
    await web.work();
    expect(await targetOf(run)).toMatchObject({ state: 'planned', actions: ['pre-stage', 'trial', 'cancel'] });
    const asked = await fleet.call('POST', `/runs/${run.summary.id}/pre-stage`, {});
    expect(asked).toMatchObject({ status: 200, json: { summary: { state: 'awaiting-approval' } } });
    const order = await take(web);
    expect(order?.body).toMatchObject({
      kind: 'pre-stage',
      bytesPerSecond: null,
      content: { snapshotName: `snapshot${counter}` },
    });
    if (order !== undefined) await web.obey(order);
    expect(await targetOf(run)).toMatchObject({
      explanation: 'waits for approval: 1 change; pre-staged, 100000 bytes',
    });
    await fleet.approve(await fleet.run(run.summary.id));
    const apply = await take(web);
    expect(apply?.body).toMatchObject({ kind: 'apply', content: { snapshotName: `snapshot${counter}` } });
    if (apply !== undefined) await web.obey(apply);
    await settled(run, 'effective');
  });

  test('is approved while files are fetched ahead: that is stopped, and what is approved follows', async () => {
    const { json } = await create({ snapshotId: await snapshot() });
    const run = json as unknown as RunDetail;
    await web.work();
    await fleet.call('POST', `/runs/${run.summary.id}/pre-stage`, {});
    const ahead = await take(web);
    if (ahead === undefined) throw new Error('there is no order');
    expect(await fleet.approve(await fleet.run(run.summary.id))).toMatchObject({ status: 200 });
    expect((await web.takeOrders()).cancellations).toEqual([ahead.id]);
    await web.tell(web.outcomeOf(ahead, { kind: 'cancelled', stage: 'downloading' }));
    await settled(run, 'ordered');
    expect((await take(web))?.body).toMatchObject({ kind: 'apply' });
  });

  test('takes what a channel points at now', async () => {
    const snapshotId = await snapshot();
    await fleet.context.database.pool.query(
      'insert into content_channel (organisation_id, name, position, snapshot_id) values ($1, $2, $3, $4)',
      [organisationId, `channel${counter}`, counter, snapshotId],
    );
    expect(await create({ channel: `channel${counter}` })).toMatchObject({
      status: 201,
      json: { summary: { content: { snapshotId } } },
    });
    expect(await create({ channel: 'nowhere' })).toMatchObject({ status: 404, json: { code: 'unknown-channel' } });
  });

  test('404 and 409: another organisation’s snapshot, a retired one', async () => {
    const other = await seedOrganisation(fleet.context, `tenant${counter}`);
    const { revisionIds } = await seedRepository(fleet.context, other, `theirs${counter}`);
    const theirs = await seedSnapshot(fleet.context, other, 'theirs', revisionIds);
    expect(await create({ snapshotId: theirs })).toMatchObject({ status: 404, json: { code: 'unknown-snapshot' } });
    const mine = await snapshot();
    await fleet.context.database.pool.query('update content_snapshot set retired_at = now() where id = $1', [mine]);
    expect(await create({ snapshotId: mine })).toMatchObject({ status: 409, json: { code: 'snapshot-retired' } });
  });
});
