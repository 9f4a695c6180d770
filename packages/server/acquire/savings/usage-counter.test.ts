import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing.ts';
import { startUsageCounter, type Usage } from './usage-counter.ts';

let server: TestServer;
let nowMs = Date.parse('2026-11-22T10:30:00.000Z');
beforeAll(async () => {
  server = await startTestServer({ clock: () => new Date(nowMs) });
});
afterAll(() => server.stop());
beforeEach(() => server.context.database.pool.query('truncate content_usage, content_usage_writer'));

const use = (rest: Partial<Usage> = {}): Usage => ({
  organisationId: server.context.defaultOrganisationId,
  repositoryId: null,
  revisionId: null,
  site: '',
  servedBytes: 10,
  hit: true,
  ...rest,
});
const rows = async () => {
  const found = await server.context.database.pool.query(
    'select hour, site, requests, hits, served_bytes from content_usage order by hour, site',
  );
  return found.rows;
};

test('counts are added up by hour and site, over writers and batches', async () => {
  const one = startUsageCounter(server.context);
  const two = startUsageCounter(server.context);
  one.add(use());
  one.add(use({ hit: false, servedBytes: 5 }));
  two.add(use());
  two.add(use({ site: 'bern' }));
  await Promise.all([one.flush(), two.flush()]);
  one.add(use());
  nowMs += 3_600_000;
  one.add(use());
  await Promise.all([one.close(), two.close()]);
  const hour = new Date('2026-11-22T10:00:00.000Z');
  expect(await rows()).toEqual([
    { hour, site: '', requests: 4, hits: 3, served_bytes: 35 },
    { hour, site: 'bern', requests: 1, hits: 1, served_bytes: 10 },
    { hour: new Date('2026-11-22T11:00:00.000Z'), site: '', requests: 1, hits: 1, served_bytes: 10 },
  ]);
});

test('a batch whose answer was lost counts once when it is sent again', async () => {
  const { kysely } = server.context.database;
  let lost = 0;
  const losing = new Proxy(kysely, {
    get: (target, name) =>
      name === 'transaction'
        ? () => ({
            execute: async (work: never) => {
              await target.transaction().execute(work);
              if (lost++ < 2) throw new Error('the connection broke after the commit');
            },
          })
        : (Reflect.get(target, name) as unknown),
  });
  const counter = startUsageCounter({ ...server.context, database: { ...server.context.database, kysely: losing } });
  counter.add(use());
  await expect(counter.flush()).rejects.toThrow('broke');
  counter.add(use());
  await expect(counter.flush()).rejects.toThrow('broke');
  await counter.close();
  expect(await rows()).toMatchObject([{ requests: 2, served_bytes: 20 }]);
});

test('what could not be written stays for the next time', async () => {
  const broken = {
    transaction: () => ({ execute: async () => Promise.reject(new Error('the database is away')) }),
  };
  let away = true;
  const database = new Proxy(server.context.database, {
    get: (target, name) => (name === 'kysely' && away ? broken : (Reflect.get(target, name) as unknown)),
  });
  const counter = startUsageCounter({ ...server.context, database });
  counter.add(use());
  await expect(counter.flush()).rejects.toThrow('away');
  counter.add(use());
  away = false;
  await counter.close();
  expect(await rows()).toMatchObject([{ requests: 2, served_bytes: 20 }]);
});
