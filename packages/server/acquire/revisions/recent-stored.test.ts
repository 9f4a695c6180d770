import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing.ts';
import { digestOf, seedRepository } from '../../testing/seed-content.ts';
import { recentStored } from './recent-stored.ts';

let server: TestServer;
let nowMs = Date.parse('2026-11-22T12:00:00.000Z');
beforeAll(async () => {
  server = await startTestServer({ clock: () => new Date(nowMs) });
});
afterAll(() => server.stop());

test('what is stored is counted again after 30 seconds, at the end of what is under way, and for a new revision', async () => {
  const { context } = server;
  const packages = ['a', 'b', 'c', 'd'].map((name) => ({ name, path: name }));
  const { repositoryId, revisionIds } = await seedRepository(context, context.defaultOrganisationId, 'one', {
    revisions: 2,
    packages,
  });
  const [first = '', second = ''] = revisionIds;
  const store = (name: string) =>
    context.database.pool.query('insert into content_object values ($1, 100, now(), now())', [digestOf(name)]);
  const counted = async (id: string, sequence: number, busy = false) =>
    (await recentStored(context, [{ id, repositoryId, sequence }], () => busy)).get(id)?.count;
  await store('a');
  expect(await counted(first, 1)).toBe(1);
  await store('b');
  expect(await counted(first, 1)).toBe(1);
  expect(await counted(second, 2)).toBe(2);
  nowMs += 30_000;
  expect(await counted(first, 1, true)).toBe(2);
  await store('c');
  expect(await counted(first, 1, true)).toBe(2);
  expect(await counted(first, 1)).toBe(3);
  await store('d');
  expect(await counted(first, 1)).toBe(3);
});
