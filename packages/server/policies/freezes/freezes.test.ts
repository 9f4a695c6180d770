import type { Freeze, FreezeList } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { activeFreezes } from './active-freezes.ts';
import { freezesWithin } from './freezes-within.ts';
import { scopeInWords } from './scope-in-words.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const OTHER = '00000000-0000-7000-8000-0000000000aa';
const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-05-10T12:00:00.000Z');
const at = (hours: number): string => new Date(NOW_MS + hours * HOUR_MS).toISOString();
let fleet: TestFleet;
let web1: FakeAgent;
let nowMs = NOW_MS;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => new Date(nowMs) });
  web1 = await fleet.agent('web1');
  await fleet.agent('db1');
  await fleet.call('PUT', `/endpoints/${web1.id}/asset`, { labels: { role: 'web' } });
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  nowMs = NOW_MS;
  await fleet.context.database.pool.query('delete from policy_freeze');
});

const freeze = (body: object) => fleet.call('POST', '/freezes', body);
const made = async (body: object): Promise<Freeze> => {
  const { status, json } = await freeze({ reason: 'Black Friday', ...body });
  expect(status).toBe(201);
  return json as unknown as Freeze;
};
const list = async (): Promise<FreezeList> => (await fleet.call('GET', '/freezes')).json as unknown as FreezeList;
const active = (hours: number) =>
  activeFreezes(fleet.context.database.kysely, fleet.context.defaultOrganisationId, NOW_MS + hours * HOUR_MS);

describe('POST /freezes', () => {
  test('201: from now on, of the whole fleet, until somebody ends it', async () => {
    expect(await made({})).toMatchObject({
      scope: {},
      scopeInWords: 'the whole fleet',
      reason: 'Black Friday',
      startsAt: at(0),
      endsAt: null,
      endedAt: null,
      active: true,
      endpointCount: 2,
    });
    expect(await active(100_000)).toMatchObject([{ by: 'Administrator', endsMs: null }]);
  });

  test('201: of some endpoints, for some time', async () => {
    const made1 = await made({ scope: { labels: { role: 'web' } }, startsAt: at(1), endsAt: at(3) });
    expect(made1).toMatchObject({ active: false, endpointCount: 1, scopeInWords: 'endpoints with role=web' });
    expect(await Promise.all([0.9, 1, 2.9, 3].map(async (hours) => (await active(hours)).length))).toEqual([
      0, 1, 1, 0,
    ]);
    nowMs = NOW_MS + 2 * HOUR_MS;
    expect((await list()).items).toMatchObject([{ active: true }]);
    nowMs = NOW_MS + 3 * HOUR_MS;
    expect((await list()).items).toMatchObject([{ active: false }]);
  });

  test.each([
    { startsAt: at(3), endsAt: at(3) },
    { startsAt: at(3), endsAt: at(1) },
    { startsAt: at(-3), endsAt: at(-1) },
    { endsAt: at(0) },
    { startsAt: '2026-13-41T00:00:00.000Z' },
  ])('422: %j', async (body) => {
    expect(await freeze({ reason: 'x', ...body })).toMatchObject({ status: 422, json: { code: 'bad-freeze' } });
  });

  test.each([
    {},
    { reason: '' },
    { reason: 'x', scope: { label: { role: 'web' } } },
    { reason: 'x', scope: { labels: { Role: 'web' } } },
    { reason: 'x', startsAt: 'tomorrow' },
    { reason: 'x', endAt: at(1) },
  ])('400: %j', async (body) => {
    expect(await freeze(body)).toMatchObject({ status: 400 });
  });
});

describe('DELETE /freezes/:id', () => {
  test('200: it ends now, and stays to be read', async () => {
    const { id } = await made({});
    nowMs += HOUR_MS;
    expect(await fleet.call('DELETE', `/freezes/${id}`)).toMatchObject({
      status: 200,
      json: { active: false, endedAt: at(1), endedBy: 'Administrator' },
    });
    expect(await active(2)).toEqual([]);
    expect((await list()).total).toBe(1);
    const { json } = await fleet.call('GET', '/evidence?limit=1');
    expect(json['items']).toMatchObject([
      { kind: 'freeze-ended', summary: 'Administrator ended a freeze (Black Friday)' },
    ]);
  });

  test('409: what is over already; of two at once one ends it', async () => {
    const { id } = await made({});
    const replies = await Promise.all([1, 2].map(() => fleet.call('DELETE', `/freezes/${id}`)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    const short = await made({ endsAt: at(1) });
    nowMs += 2 * HOUR_MS;
    expect(await fleet.call('DELETE', `/freezes/${short.id}`)).toMatchObject({
      status: 409,
      json: { code: 'freeze-over' },
    });
  });

  test('404: nobody’s, another organisation’s', async () => {
    const { id } = await made({});
    const { pool } = fleet.context.database;
    await pool.query(`insert into organisation (id, name) values ($1, 'Other') on conflict do nothing`, [OTHER]);
    await pool.query('update policy_freeze set organisation_id = $1', [OTHER]);
    expect(await fleet.call('DELETE', `/freezes/${id}`)).toMatchObject({ status: 404 });
    expect(await fleet.call('DELETE', `/freezes/${NOBODY}`)).toMatchObject({ status: 404 });
    expect((await list()).items).toEqual([]);
    expect(await active(0)).toEqual([]);
  });
});

test('within a range freezes are cut to it, and one without an end lasts until the range ends', async () => {
  await made({ startsAt: at(1), endsAt: at(3) });
  await made({ startsAt: at(2), reason: 'audit' });
  await made({ startsAt: at(50) });
  const range = { startMs: NOW_MS + 2 * HOUR_MS, endMs: NOW_MS + 10 * HOUR_MS };
  const found = await freezesWithin(fleet.context.database.kysely, fleet.context.defaultOrganisationId, range);
  expect(
    found.map(({ startMs, endMs, why }) => [(startMs - NOW_MS) / HOUR_MS, (endMs - NOW_MS) / HOUR_MS, why]),
  ).toEqual([
    [2, 3, 'Black Friday'],
    [2, 10, 'audit'],
  ]);
});

test.each([
  [{}, 'the whole fleet'],
  [{ labels: { role: ['web', 'proxy'] }, groups: ['a'] }, 'endpoints with role=web or proxy, in the group a'],
  [{ platforms: ['debian'], criticality: ['high' as const] }, 'endpoints of debian, of high criticality'],
  [{ sites: ['north'], hostnames: ['db*'] }, 'endpoints at north, called db*'],
  [{ groups: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }, 'endpoints in one of the groups a or b or c or d or e or 2 more'],
])('a scope in words: %j', (scope, words) => {
  expect(scopeInWords(scope)).toBe(words);
});
