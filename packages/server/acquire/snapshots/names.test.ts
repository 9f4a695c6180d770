import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedSnapshot } from '../../testing/seed-content.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet?.stop());

test('of several who give a name at the same moment one gets it, and the others are told', async () => {
  const { context } = fleet;
  const ids = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => seedSnapshot(context, context.defaultOrganisationId, name, [])),
  );
  const replies = await Promise.all(ids.map((id) => fleet.call('PUT', `/content/snapshots/${id}`, { name: 'same' })));
  expect(replies.map(({ status, json }) => json['code'] ?? status).sort()).toEqual([
    200,
    'name-taken',
    'name-taken',
    'name-taken',
  ]);
  expect(fleet.errors).toEqual([]);
});

test('what no database can keep is an invalid request, and says where it is', async () => {
  const id = await seedSnapshot(fleet.context, fleet.context.defaultOrganisationId, 'notes', []);
  for (const note of ['a\0b', '\ud800'])
    expect(await fleet.call('PUT', `/content/snapshots/${id}`, { note })).toMatchObject({
      status: 400,
      json: { code: 'invalid-request', detail: expect.stringContaining('body/note') },
    });
  expect(fleet.errors).toEqual([]);
});
