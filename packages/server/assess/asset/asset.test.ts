import type { EndpointAsset, EndpointList, LabelEndpointsReply } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
let fleet: TestFleet;
let web1: FakeAgent;
let web2: FakeAgent;
let database: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet();
  web1 = await fleet.agent('web1');
  web2 = await fleet.agent('web2');
  database = await fleet.agent('db1');
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  await fleet.context.database.pool.query(
    `update endpoint set labels = '{}', groups = '{}', asset_site = '', time_zone = ''`,
  );
});

const state = (agent: FakeAgent, asset: object) => fleet.call('PUT', `/endpoints/${agent.id}/asset`, asset);
const assetOf = async (agent: FakeAgent): Promise<EndpointAsset> =>
  (await fleet.call('GET', `/endpoints/${agent.id}/asset`)).json as unknown as EndpointAsset;
const label = (body: object) => fleet.call('POST', '/endpoints/labels', body);
const found = async (query: string): Promise<readonly string[]> => {
  const { status, json } = await fleet.call('GET', `/endpoints?${query}`);
  expect(status).toBe(200);
  return (json as unknown as EndpointList).items.map(({ hostname }) => hostname);
};

describe('PUT /endpoints/:id/asset', () => {
  test('200: labels and groups are stated whole, the rest stays', async () => {
    await state(web1, { labels: { role: 'web', tier: '1' }, groups: ['paris', 'berlin'], timeZone: 'Europe/Paris' });
    await state(web1, { labels: { role: 'proxy' } });
    expect(await assetOf(web1)).toMatchObject({
      labels: { role: 'proxy' },
      groups: ['berlin', 'paris'],
      timeZone: 'Europe/Paris',
    });
    const { json } = await fleet.call('GET', `/evidence?endpointId=${web1.id}&limit=1`);
    expect(json['items']).toMatchObject([
      { summary: expect.stringContaining('labelled role=proxy, in the groups berlin, paris, in the time zone') },
    ]);
  });

  test.each([
    { labels: { Role: 'web' } },
    { labels: { role: '' } },
    { labels: { role: 7 } },
    { labels: ['role'] },
    { labels: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`key${index}`, 'x'])) },
    { groups: ['A'] },
    { groups: ['a', 'a'] },
    { timeZone: 'no zone' },
    JSON.parse('{"labels": {"__proto__": "x"}}') as object,
  ])('400: %j', async (asset) => {
    expect(await state(web1, asset)).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });

  test('422: a zone that does not exist', async () => {
    expect(await state(web1, { timeZone: 'Europe/Atlantis' })).toMatchObject({
      status: 422,
      json: { code: 'unknown-time-zone' },
    });
  });
});

describe('GET /endpoints', () => {
  beforeEach(async () => {
    await state(web1, { labels: { role: 'web', stage: 'test=1' }, groups: ['paris'], site: 'north' });
    await state(web2, { labels: { role: 'web' }, site: 'south' });
  });

  test.each([
    ['label=role%3Dweb', ['web1', 'web2']],
    ['label=role%3Dweb&label=stage%3Dtest%3D1', ['web1']],
    ['label=role%3Dwe', []],
    ['group=paris', ['web1']],
    ['site=south', ['web2']],
    ['group=paris&site=south', []],
  ])('200: %s', async (query, names) => {
    expect(await found(query)).toEqual(names);
  });

  test('a summary says how the endpoint is sorted', async () => {
    const { json } = await fleet.call('GET', `/endpoints/${web1.id}`);
    expect(json['summary']).toMatchObject({
      labels: { role: 'web', stage: 'test=1' },
      groups: ['paris'],
      site: 'north',
    });
  });

  test.each(['label=role', 'label=%3Dweb', 'group=A%20B', `site=${'x'.repeat(129)}`])('400: %s', async (query) => {
    expect(await fleet.call('GET', `/endpoints?${query}`)).toMatchObject({ status: 400 });
  });
});

describe('POST /endpoints/labels', () => {
  test('200: what is named changes, the rest stays', async () => {
    await state(web1, { labels: { role: 'web', old: 'yes' }, groups: ['paris', 'left'] });
    const reply = await label({
      endpoints: [web1.id, web2.id],
      set: { role: 'proxy', tier: '2' },
      unset: ['old'],
      addGroups: ['canary'],
      removeGroups: ['left'],
      site: 'north',
      timeZone: 'Asia/Tokyo',
    });
    expect(reply).toMatchObject({ status: 200, json: { named: 2, changed: 2 } });
    expect(await assetOf(web1)).toMatchObject({
      labels: { role: 'proxy', tier: '2' },
      groups: ['canary', 'paris'],
      site: 'north',
      timeZone: 'Asia/Tokyo',
    });
    expect(await assetOf(database)).toMatchObject({ labels: {}, groups: [], site: '', timeZone: '' });
  });

  test('200: all that a search finds; who has it already is not changed and not told of', async () => {
    await state(web1, { labels: { role: 'web' } });
    const reply = await label({ endpoints: { search: 'web' }, set: { role: 'web' } });
    expect(reply.json as unknown as LabelEndpointsReply).toEqual({ named: 2, changed: 1 });
    const { json } = await fleet.call('GET', '/evidence?limit=1');
    expect(json['items']).toMatchObject([{ summary: 'Administrator sorted 1 endpoint: role=web' }]);
    expect(await label({ endpoints: { search: 'web' }, set: { role: 'web' } })).toMatchObject({
      json: { named: 2, changed: 0 },
    });
  });

  test('404: nothing is changed when one of them is nobody’s', async () => {
    expect(await label({ endpoints: [web1.id, NOBODY], set: { role: 'web' } })).toMatchObject({ status: 404 });
    expect(await assetOf(web1)).toMatchObject({ labels: {} });
  });

  test('404: another organisation’s endpoint; no search finds it', async () => {
    const other = '00000000-0000-7000-8000-0000000000aa';
    const { pool } = fleet.context.database;
    await pool.query(`insert into organisation (id, name) values ($1, 'Other')`, [other]);
    await pool.query(`update endpoint set organisation_id = $1 where id = $2`, [other, database.id]);
    expect(await label({ endpoints: [database.id], set: { role: 'db' } })).toMatchObject({ status: 404 });
    expect(await label({ endpoints: {}, set: { role: 'all' } })).toMatchObject({ json: { named: 2 } });
    await pool.query(`update endpoint set organisation_id = $1 where id = $2`, [
      fleet.context.defaultOrganisationId,
      database.id,
    ]);
    expect(await assetOf(database)).toMatchObject({ labels: {} });
  });

  test('422: more labels than an endpoint may have', async () => {
    const keys = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${prefix}${index}`, 'x']));
    expect(await label({ endpoints: [web1.id], set: keys('a') })).toMatchObject({ status: 200 });
    expect(await label({ endpoints: [web1.id], set: keys('b') })).toMatchObject({
      status: 422,
      json: { code: 'too-many-labels' },
    });
    expect(Object.keys((await assetOf(web1)).labels ?? {})).toHaveLength(60);
  });

  test.each([
    {},
    { endpoints: [] },
    { endpoints: 'all', set: { a: 'b' } },
    { endpoints: ['x'], set: { a: 'b' } },
    { endpoints: { search: 7 } },
    { endpoints: {}, colour: 'red' },
  ])('400: %j', async (body) => {
    expect(await label(body)).toMatchObject({ status: 400 });
  });

  test('two who sort the same endpoints in opposite order both get through', async () => {
    const both = [web1.id, web2.id];
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        label({ endpoints: index % 2 === 0 ? both : [...both].reverse(), set: { turn: String(index) } }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200));
  });
});
