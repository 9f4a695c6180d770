import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadSettings, processSources } from '../settings/index.ts';
import { type TestDatabase, createTestDatabase } from '../storage/testing.ts';
import { backupServer } from './backup-server.ts';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp('/tmp/thimble-backup-server-');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const NOW = new Date('2026-05-02T12:00:00Z');
const backUp = (name: string) => {
  const { host, user, database: of } = database.connection;
  const url = `postgresql://${user}@localhost/${of}?host=${encodeURIComponent(String(host))}`;
  const settings = loadSettings(processSources(['--data', folder, '--database-url', url]));
  return backupServer(settings, { now: NOW, target: join(folder, name), passphrase: undefined, withoutKeys: true });
};
const told = async (): Promise<number> =>
  (await database.pool.query("select from evidence where kind = 'backed-up'")).rows.length;

it('a backup is told in the evidence, when it is whole', async () => {
  expect(await backUp('first')).toMatchObject({ notRecorded: null, keys: [] });
  expect(await told()).toBe(1);
});

it('one that can not be told is whole all the same, and says why', async () => {
  await database.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no records today'; end $$;
    create trigger refuse before insert on evidence for each row execute function refuse()`);
  expect(await backUp('second')).toMatchObject({ notRecorded: 'no records today' });
  expect(await told()).toBe(1);
  expect((await stat(join(folder, 'second'))).size).toBeGreaterThan(0);
  expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
});
