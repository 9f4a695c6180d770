import type { EndpointPolicy, PolicyDetail, PolicyList, PolicyTemplateList, PolicyValidation } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing.ts';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const OTHER = '00000000-0000-7000-8000-0000000000aa';
/** A Sunday. */
const NOW = new Date('2026-05-10T12:00:00.000Z');
let fleet: TestFleet;
let web1: FakeAgent;
let web2: FakeAgent;
let database: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => NOW });
  web1 = await fleet.agent('web1');
  web2 = await fleet.agent('web2');
  database = await fleet.agent('db1');
  await fleet.call('POST', '/endpoints/labels', { endpoints: [web1.id, web2.id], set: { role: 'web' } });
  await fleet.context.database.pool.query(`insert into organisation (id, name) values ($1, 'Other')`, [OTHER]);
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  await fleet.context.database.pool.query('update policy set removed_at = now() where removed_at is null');
});

const NIGHTLY = 'format: 1\nname: nightly\nwindows:\n  - {name: night, on: every day, at: "22:00", lasts: 4h}\n';
const WEB =
  'format: 1\nname: web\npriority: 200\nscope: {labels: {role: web}}\nrings:\n  - {name: first, members: {count: 1}}\n  - {name: others, members: rest}\n';

const create = (text: string, rest: object = {}) => fleet.call('POST', '/policies', { text, ...rest });
const made = async (text: string, rest: object = {}): Promise<PolicyDetail> => {
  const { status, json } = await create(text, rest);
  expect({ status, code: json['code'], detail: json['detail'] }).toEqual({ status: 201 });
  return json as unknown as PolicyDetail;
};
const change = (id: string, version: number, text: string) => fleet.call('PUT', `/policies/${id}`, { text, version });
const list = async (): Promise<PolicyList> => (await fleet.call('GET', '/policies')).json as unknown as PolicyList;
const validate = async (body: object): Promise<PolicyValidation> => {
  const { status, json } = await fleet.call('POST', '/policies/validate', body);
  expect(status).toBe(200);
  return json as unknown as PolicyValidation;
};
const policyOf = async (agent: FakeAgent): Promise<EndpointPolicy> =>
  (await fleet.call('GET', `/endpoints/${agent.id}/policy`)).json as unknown as EndpointPolicy;

describe('POST /policies', () => {
  test('201: in its first version, with what it means for the fleet', async () => {
    const { summary, document, text, versions, effect } = await made(WEB, { note: 'for the shop' });
    expect(summary).toMatchObject({
      name: 'web',
      enabled: true,
      priority: 200,
      version: 1,
      changedAt: NOW.toISOString(),
      changedBy: 'Administrator',
      ringNames: ['first', 'others'],
      endpointCount: 2,
      windowsInWords: [],
      nextWindowAt: null,
      nextStartAt: null,
    });
    expect(document).toMatchObject({ name: 'web', scope: { labels: { role: 'web' } } });
    expect(text).toBe(WEB);
    expect(versions).toEqual([
      { version: 1, changedAt: NOW.toISOString(), changedBy: 'Administrator', note: 'for the shop', changes: [] },
    ]);
    expect(effect).toMatchObject({ overruled: 0, ringless: 0, updateCount: 1, nextWindows: [] });
    expect(effect.rings.map(({ name, endpointCount }) => [name, endpointCount])).toEqual([
      ['first', 1],
      ['others', 1],
    ]);
  });

  test('201: from a document; its text is printed', async () => {
    const { status, json } = await fleet.call('POST', '/policies', { document: { format: 1, name: 'plain' } });
    expect(status).toBe(201);
    expect(json['text']).toContain('name: plain');
  });

  test('201: evidence says who made it', async () => {
    const { summary } = await made(NIGHTLY);
    const { json } = await fleet.call('GET', '/evidence?limit=1');
    expect(json['items']).toMatchObject([
      { kind: 'policy-created', summary: 'Administrator made the policy nightly', detail: { policyId: summary.id } },
    ]);
  });

  test('409: a name that stands; a removed policy’s name is free', async () => {
    const { summary } = await made(NIGHTLY);
    expect(await create(NIGHTLY)).toMatchObject({ status: 409, json: { code: 'name-taken' } });
    await fleet.call('DELETE', `/policies/${summary.id}`);
    await made(NIGHTLY);
  });

  test('of two at once with one name one is made', async () => {
    const replies = await Promise.all([create(NIGHTLY), create(NIGHTLY), create(NIGHTLY)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  test('422: all that is wrong, with its place', async () => {
    const reply = await create(
      'format: 1\nname: web\nprio: 7\nwindows:\n  - {name: a, on: secnd Tuesday, lasts: 4h}\n',
    );
    expect(reply).toMatchObject({ status: 422, json: { code: 'policy-invalid', side: 'input' } });
    const { problems } = reply.json['extra'] as { problems: { path: string; line: number }[] };
    expect(problems).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'prio', line: 3 })]));
  });

  test('422: a calendar that is not there', async () => {
    expect(await create('format: 1\nname: web\nblackouts: [holidays]\n')).toMatchObject({
      status: 422,
      json: { detail: 'blackouts[0]: there is no calendar holidays' },
    });
  });

  test.each([
    {},
    { text: '' },
    { text: 7 },
    { text: 'x'.repeat(300_000) },
    { text: NIGHTLY, document: { format: 1, name: 'both' } },
    { text: `a\u0000b` },
  ])('400: $text', async (body) => {
    expect(await fleet.call('POST', '/policies', body)).toMatchObject({ status: 400 });
  });
});

describe('PUT /policies/:id', () => {
  test('200: a new version that says what it changed', async () => {
    const { summary } = await made(NIGHTLY);
    const { status, json } = await change(summary.id, 1, NIGHTLY.replace('4h', '6h'));
    expect(status).toBe(200);
    const { versions, text, summary: after } = json as unknown as PolicyDetail;
    expect(after.version).toBe(2);
    expect(text).toContain('6h');
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(versions[0]?.changes).toMatchObject([{ path: expect.stringContaining('lasts'), before: '4h', after: '6h' }]);
  });

  test('200: the same text again is no new version', async () => {
    const { summary } = await made(NIGHTLY);
    expect(await change(summary.id, 1, NIGHTLY)).toMatchObject({ status: 200, json: { summary: { version: 1 } } });
  });

  test('200: another name, if it is free', async () => {
    const { summary } = await made(NIGHTLY);
    await made(WEB);
    expect(await change(summary.id, 1, NIGHTLY.replace('nightly', 'web'))).toMatchObject({
      status: 409,
      json: { code: 'name-taken' },
    });
    expect(await change(summary.id, 1, NIGHTLY.replace('nightly', 'nights'))).toMatchObject({ status: 200 });
  });

  test('409: two who change the same version at once: one of them has to look again', async () => {
    const { summary } = await made(NIGHTLY);
    const replies = await Promise.all([
      change(summary.id, 1, NIGHTLY.replace('4h', '5h')),
      change(summary.id, 1, NIGHTLY.replace('4h', '6h')),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(replies.find(({ status }) => status === 409)).toMatchObject({
      json: { code: 'changed-meanwhile', extra: { version: 2 } },
    });
  });

  test('404: nobody’s, a removed one, another organisation’s', async () => {
    const { summary } = await made(NIGHTLY);
    expect(await change(NOBODY, 1, NIGHTLY)).toMatchObject({ status: 404 });
    await fleet.context.database.pool.query('update policy set organisation_id = $1 where id = $2', [
      OTHER,
      summary.id,
    ]);
    expect(await change(summary.id, 1, NIGHTLY)).toMatchObject({ status: 404 });
    expect(await fleet.call('DELETE', `/policies/${summary.id}`)).toMatchObject({ status: 404 });
  });

  test('400: without the version that was looked at', async () => {
    const { summary } = await made(NIGHTLY);
    expect(await fleet.call('PUT', `/policies/${summary.id}`, { text: NIGHTLY })).toMatchObject({ status: 400 });
  });
});

describe('GET /policies', () => {
  test('200: who follows what, and who follows nothing', async () => {
    await made(WEB);
    const { items, total, uncovered } = await list();
    expect(total).toBe(1);
    expect(items).toMatchObject([{ name: 'web', endpointCount: 2 }]);
    expect(uncovered).toEqual({ total: 1, first: [{ id: database.id, hostname: 'db1' }] });
  });

  test('200: windows in words, and when the next one opens', async () => {
    await made(NIGHTLY);
    const [item] = (await list()).items;
    expect(item).toMatchObject({
      windowsInWords: [expect.stringContaining('every day at 22:00 for 4 h')],
      nextWindowAt: '2026-05-10T22:00:00.000Z',
    });
  });

  test('200: one that is switched off is followed by nobody and starts nothing', async () => {
    await made(`${NIGHTLY}enabled: false\nstart: {on: every day, at: "21:00"}\n`);
    expect((await list()).items).toMatchObject([{ enabled: false, endpointCount: 0, nextStartAt: null }]);
  });

  test('200: when a rollout begins by itself', async () => {
    await made(`${NIGHTLY}start: {on: every day, at: "21:00"}\n`);
    expect((await list()).items).toMatchObject([{ nextStartAt: '2026-05-10T21:00:00.000Z' }]);
  });
});

describe('GET /policies/:id', () => {
  test('200: an older version as it was written', async () => {
    const { summary } = await made(NIGHTLY);
    await change(summary.id, 1, NIGHTLY.replace('4h', '6h'));
    const { json } = await fleet.call('GET', `/policies/${summary.id}?version=1`);
    expect(json).toMatchObject({ text: NIGHTLY, summary: { version: 1 } });
  });

  test('of a removed policy its versions stay', async () => {
    const { summary } = await made(NIGHTLY);
    expect(await fleet.call('DELETE', `/policies/${summary.id}`)).toMatchObject({ status: 204 });
    expect((await list()).items).toEqual([]);
    expect(await fleet.call('GET', `/policies/${summary.id}`)).toMatchObject({ status: 404 });
    expect(await fleet.call('GET', `/policies/${summary.id}?version=1`)).toMatchObject({
      status: 200,
      json: { text: NIGHTLY },
    });
    expect(await fleet.call('DELETE', `/policies/${summary.id}`)).toMatchObject({ status: 404 });
  });

  test('404: nobody’s, another version, another organisation’s', async () => {
    const { summary } = await made(NIGHTLY);
    expect(await fleet.call('GET', `/policies/${NOBODY}`)).toMatchObject({ status: 404 });
    expect(await fleet.call('GET', `/policies/${summary.id}?version=2`)).toMatchObject({ status: 404 });
    const { pool } = fleet.context.database;
    await pool.query('alter table policy_version disable trigger policy_version_immutable');
    await pool.query('update policy set organisation_id = $1 where id = $2', [OTHER, summary.id]);
    await pool.query('update policy_version set organisation_id = $1 where policy_id = $2', [OTHER, summary.id]);
    await pool.query('alter table policy_version enable trigger policy_version_immutable');
    expect(await fleet.call('GET', `/policies/${summary.id}?version=1`)).toMatchObject({ status: 404 });
  });

  test.each(['version=0', 'version=x', 'version=99999999'])('400: %s', async (query) => {
    expect(await fleet.call('GET', `/policies/${NOBODY}?${query}`)).toMatchObject({ status: 400 });
  });
});

test('every change is told, so that rollouts and screens look again', async () => {
  let told = 0;
  const unsubscribe = fleet.context.events.subscribe(({ live }) => {
    if (live?.kind === 'policies-changed') told += 1;
  });
  const { summary } = await made(NIGHTLY);
  await change(summary.id, 1, NIGHTLY.replace('4h', '6h'));
  await change(summary.id, 1, NIGHTLY);
  await fleet.call('DELETE', `/policies/${summary.id}`);
  await settle(async () => told >= 3);
  expect(told).toBe(3);
  unsubscribe();
});

test('versions can’t be changed, whoever tries', async () => {
  await made(NIGHTLY);
  await expect(fleet.context.database.pool.query(`update policy_version set text = ''`)).rejects.toThrow('immutable');
  await expect(fleet.context.database.pool.query('delete from policy_version')).rejects.toThrow('immutable');
});

describe('POST /policies/validate', () => {
  test('200: nothing is stored', async () => {
    expect(await validate({ text: NIGHTLY })).toMatchObject({
      valid: true,
      problems: [],
      text: NIGHTLY,
      effect: { nextWindows: [{ window: 'night', timeZone: 'UTC', startsAt: '2026-05-10T22:00:00.000Z' }] },
    });
    expect((await list()).items).toEqual([]);
  });

  test('200: what is wrong is an answer, not an error', async () => {
    expect(await validate({ text: 'format: 1\n' })).toMatchObject({
      valid: false,
      problems: [expect.objectContaining({ message: expect.any(String) })],
      document: null,
      effect: null,
    });
  });

  test('200: a draft takes the place of the policy of its name', async () => {
    await made(WEB);
    await made(NIGHTLY);
    const { effect } = await validate({ text: `${NIGHTLY}priority: 300\n` });
    expect(effect?.rings).toMatchObject([{ endpointCount: 3 }]);
    expect(effect?.overruled).toBe(0);
    expect((await validate({ text: NIGHTLY })).effect).toMatchObject({ rings: [{ endpointCount: 1 }], overruled: 2 });
  });

  test('200: windows are in the zones of the endpoints', async () => {
    await fleet.call('PUT', `/endpoints/${web1.id}/asset`, { timeZone: 'Asia/Tokyo' });
    const { effect } = await validate({ text: NIGHTLY });
    expect(effect?.nextWindows.map(({ timeZone, startsAt }) => `${timeZone} ${startsAt}`)).toEqual([
      'Asia/Tokyo 2026-05-10T13:00:00.000Z',
      'UTC 2026-05-10T22:00:00.000Z',
    ]);
    await fleet.call('PUT', `/endpoints/${web1.id}/asset`, { timeZone: '' });
  });
});

test('GET /policies/templates: each of them can be taken as it is', async () => {
  const { items } = (await fleet.call('GET', '/policies/templates')).json as unknown as PolicyTemplateList;
  expect(items.length).toBeGreaterThan(0);
  for (const { text } of items) {
    const { problems } = await validate({ text });
    expect(problems.filter(({ path }) => !path.startsWith('blackouts'))).toEqual([]);
  }
});

test.each([
  ['', 'content', 'there is no repository yet of which a snapshot could be made'],
  ['content: {channel: stable}', 'content.channel', 'there is no channel stable'],
  ['content: {snapshot: new, repositories: [debian]}', 'content.repositories[0]', 'there is no repository debian'],
])('what is not there yet is a doubt: %s', async (content, path, message) => {
  const { warnings } = await made(`${NIGHTLY}${content}\n`);
  expect(warnings).toEqual([expect.objectContaining({ path, message })]);
});

test('a first ring of nobody is a doubt: no ring after it would begin', async () => {
  const nobody = WEB.replace('{count: 1}', '{filter: {labels: {ring: canary}}}').replace('web', 'doubt');
  const { warnings } = await validate({ text: nobody });
  const message = 'ring first has no endpoint now, and its gate wants 1 patched: no ring after it begins';
  expect(warnings).toContainEqual(expect.objectContaining({ path: 'rings[0].members', message }));
  expect((await made(nobody)).warnings).toContainEqual(expect.objectContaining({ message }));
  const unasked = await validate({ text: `${nobody}gate: {patchedAtLeast: 0}\n` });
  expect(unasked.warnings.map(({ path }) => path)).not.toContain('rings[0].members');
  expect((await validate({ text: WEB })).warnings.map(({ path }) => path)).not.toContain('rings[0].members');
});

describe('GET /endpoints/:id/policy', () => {
  test('200: which one, in which ring, and why not the others', async () => {
    await made(WEB);
    await made(NIGHTLY);
    await made('format: 1\nname: off\nenabled: false\npriority: 999\n');
    const { policy, because, others } = await policyOf(web1);
    expect(policy).toMatchObject({ name: 'web', ring: expect.stringMatching(/first|others/) });
    expect(because).toContain('this endpoint follows web because its priority 200 is the highest of 2');
    expect(others.map(({ name, why }) => `${name}: ${why}`)).toEqual([
      'nightly: its priority 100 is lower than the 200 of web',
      'off: it is switched off',
    ]);
    const rings = [await policyOf(web1), await policyOf(web2)].map((each) => each.policy?.ring);
    expect(rings.sort()).toEqual(['first', 'others']);
  });

  test('200: none', async () => {
    expect(await policyOf(database)).toMatchObject({ policy: null, others: [] });
  });

  test('404: nobody’s', async () => {
    expect(await fleet.call('GET', `/endpoints/${NOBODY}/policy`)).toMatchObject({ status: 404 });
  });
});

test('401: strangers', async () => {
  for (const path of ['/policies', '/policies/templates', '/windows', '/calendars', '/freezes'])
    expect((await fetch(`${fleet.url}/api/v1${path}`)).status).toBe(401);
});
