import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openOrderKeys } from '../keys/index.ts';
import { rotateOrderKey } from '../order-keys/rotate.ts';
import { openDatabase, readMigrations } from '../storage/index.ts';
import { SYSTEM } from '../storage/tenancy.ts';
import { type TestDatabase, createTestDatabase } from '../storage/testing.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { checkBackup } from './check-backup.ts';
import { readKeyFiles, stageKeyFiles } from './key-files.ts';
import { makeBackup } from './make-backup.ts';
import { type RestoreOptions, restoreBackup } from './restore-backup.ts';
import { readCatalogue } from './tables/catalogue.ts';

const PASSPHRASE = 'correct horse battery staple';
const NOW = new Date('2026-03-01T12:00:00Z');

let fleet: TestFleet;
let folder: string;
let backup: string;

beforeAll(async () => {
  folder = await mkdtemp('/tmp/thimble-restore-');
  fleet = await startTestFleet();
  await fleet.agent('web1');
  await fleet.call('POST', '/tokens', { name: 'script' });
  backup = join(folder, 'whole');
  await write(backup);
});
afterAll(async () => {
  await fleet.stop();
  await rm(folder, { recursive: true, force: true });
});

let target: TestDatabase;
let data: string;
beforeEach(async () => {
  target = await createTestDatabase();
  await target.close();
  data = await mkdtemp(join(folder, 'data-'));
});
afterEach(() => target.drop());

async function write(path: string): Promise<void> {
  await makeBackup({
    database: fleet.context.database,
    now: NOW,
    keys: await readKeyFiles(fleet.context.settings.data),
    passphrase: PASSPHRASE,
    target: createWriteStream(path),
  });
}

const restore = (more: Partial<RestoreOptions> = {}) =>
  restoreBackup({
    connection: target.connection,
    dataDirectory: data,
    path: backup,
    passphrase: PASSPHRASE,
    replace: true,
    now: NOW,
    ...more,
  });

async function ask<Row extends object>(
  connection: TestDatabase['connection'],
  statement: string,
): Promise<readonly Row[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** What a restore changes on purpose. */
const CHANGED = new Set(
  ['session', 'sign_in_link', 'endpoint', 'evidence', 'evidence_leaf'].map((name) => `table/${name}`),
);

/** Of each table, as its backup has them: what was backed up goes on changing meanwhile. */
async function digests(path: string, passphrase?: string): Promise<ReadonlyMap<string, string>> {
  const { facts } = await checkBackup(path, passphrase, await readMigrations());
  const tables = [...facts.values()].filter(({ name, rows }) => rows !== null && !CHANGED.has(name));
  return new Map(tables.map(({ name, sha256 }) => [name, sha256]));
}

async function writeAgain(): Promise<string> {
  const path = join(folder, 'again');
  await makeBackup({ database: target, now: NOW, keys: [], passphrase: undefined, target: createWriteStream(path) });
  return path;
}

/** Everything in every table. */
async function contents(connection: TestDatabase['connection']): Promise<ReadonlyMap<string, string>> {
  const client = new Client(connection);
  await client.connect();
  try {
    const found = new Map<string, string>();
    for (const { name } of (await readCatalogue(client)).tables) {
      const { rows } = await client.query<{ row: string }>(
        `select t::text as row from ${client.escapeIdentifier(name)} as t order by 1`,
      );
      found.set(name, rows.map(({ row }) => row).join('\n'));
    }
    return found;
  } finally {
    await client.end();
  }
}

describe('a restore', () => {
  it('brings back what was there, with the keys, and goes on above what endpoints have seen', async () => {
    const before = await ask<{ generation: number; hostname: string }>(
      fleet.context.database.connection,
      'select generation, hostname from endpoint',
    );
    const report = await restore();
    expect(await digests(await writeAgain())).toEqual(await digests(backup, PASSPHRASE));
    for (const name of ['keys/order-key.pem', 'keys/log-key.pem', 'tls/ca.pem'])
      expect(await readFile(join(data, name))).toEqual(await readFile(join(fleet.context.settings.data, name)));
    expect(report.keys).toContain('keys/order-key.pem');
    expect(report.evidence).toEqual([expect.objectContaining({ fault: null, records: expect.any(Number) })]);
    const [endpoint] = await ask<{ generation: number }>(target.connection, 'select generation from endpoint');
    expect(endpoint?.generation).toBeGreaterThan((before[0]?.generation ?? 0) + 100_000);
    expect(await ask(target.connection, 'select from session')).toEqual([]);
    const [last] = await ask<{ kind: string }>(
      target.connection,
      'select kind from evidence order by sequence desc limit 1',
    );
    expect(last?.kind).toBe('database-restored');
  });

  it('leaves a database in which everything still holds: references, triggers, numbers to come', async () => {
    await restore();
    const [{ count: triggers = 0 } = {}] = await ask<{ count: number }>(
      target.connection,
      `select count(*) from pg_trigger where not tgisinternal and tgenabled <> 'O'`,
    );
    expect(triggers).toBe(0);
    const references = (connection: TestDatabase['connection']) =>
      ask(
        connection,
        `select conrelid::regclass::text as "table", conname, pg_get_constraintdef(oid) as is, convalidated
        from pg_constraint order by 1, 2`,
      );
    expect(await references(target.connection)).toEqual(await references(fleet.context.database.connection));
    await expect(ask(target.connection, 'delete from evidence')).rejects.toThrow('append-only');
    const last = (connection: TestDatabase['connection']) =>
      ask(connection, 'select sequencename, last_value from pg_sequences order by 1');
    expect(await last(target.connection)).toEqual(await last(fleet.context.database.connection));
  });

  it('does not replace what is there unasked, nor under a server that works with it', async () => {
    await expect(restore({ replace: false })).rejects.toMatchObject({ code: 'not-empty' });
    const server = new Client({ ...target.connection, application_name: 'thimble' });
    await server.connect();
    await expect(restore()).rejects.toMatchObject({ code: 'in-use' });
    await server.end();
  });

  it.each<readonly [string, string, (path: string) => Promise<void>]>([
    ['a file that was cut off', 'BackupError', async (path) => truncate(path, (await readFile(path)).length - 100)],
    [
      'a flipped bit',
      'BackupError',
      async (path) => {
        const bytes = await readFile(path);
        const at = bytes.length >> 1;
        bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
        await writeFile(path, bytes);
      },
    ],
    ['something else', 'BackupError', (path) => writeFile(path, randomBytes(5000))],
    ['an empty file', 'BackupError', (path) => writeFile(path, '')],
  ])('touches nothing for %s', async (_, name, spoil) => {
    const path = join(data, 'spoilt');
    await writeFile(path, await readFile(backup));
    await spoil(path);
    const before = await contents(target.connection);
    await expect(restore({ path })).rejects.toMatchObject({ name });
    expect(await contents(target.connection)).toEqual(before);
    expect(await readdir(data)).toEqual(['spoilt']);
  });

  it('touches nothing with another passphrase, or none', async () => {
    await expect(restore({ passphrase: 'wrong' })).rejects.toMatchObject({ code: 'passphrase' });
    await expect(restore({ passphrase: undefined })).rejects.toMatchObject({ code: 'passphrase' });
  });

  it('is not possible from a newer version’s backup, nor from one with another history', async () => {
    const all = await readMigrations();
    const { about } = await checkBackup(backup, PASSPHRASE, all);
    const migrations = all.filter(({ name }) => about.migrations.some((each) => each.name === name));
    await expect(checkBackup(backup, PASSPHRASE, migrations.slice(0, -1))).rejects.toMatchObject({ code: 'newer' });
    const changed = migrations.map((each, index) => (index === 3 ? { ...each, sha256: '0'.repeat(64) } : each));
    await expect(checkBackup(backup, PASSPHRASE, changed)).rejects.toMatchObject({ code: 'newer' });
  });

  it('leaves what was there when it ends in the middle', async () => {
    const before = await contents(target.connection);
    const blocker = new Client({ ...target.connection, application_name: 'blocker' });
    blocker.on('error', () => undefined);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table endpoint in access share mode');
    const restoring = restore().catch((error: unknown) => error);
    // Within a transaction these statistics stand still, so another session looks.
    const watcher = { ...target.connection, application_name: 'watcher' };
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await ask(watcher, waiting)).length, { timeout: 30_000 }).toBe(1);
    await blocker.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    expect(await restoring).toBeInstanceOf(Error);
    await blocker.end();
    expect(await contents(target.connection)).toEqual(before);
    await expect(restore()).resolves.toBeDefined();
  });
});

it('an empty database is not backed up', async () => {
  const empty = await createTestDatabase();
  try {
    await empty.pool.query('drop schema public cascade; create schema public');
    const path = join(folder, 'empty');
    await expect(
      makeBackup({ database: empty, now: NOW, keys: [], passphrase: undefined, target: createWriteStream(path) }),
    ).rejects.toMatchObject({ code: 'empty' });
  } finally {
    await empty.drop();
  }
});

it('keeps keys out of a backup that is not sealed', async () => {
  const path = join(folder, 'clear');
  const options = { database: fleet.context.database, now: NOW, passphrase: undefined };
  await makeBackup({ ...options, keys: [], target: createWriteStream(path) });
  const { keys } = await checkBackup(path, undefined, await readMigrations());
  expect(keys).toEqual([]);
  const some = await readKeyFiles(fleet.context.settings.data);
  await expect(makeBackup({ ...options, keys: some, target: createWriteStream(path) })).rejects.toThrow('sealed');
});

it('knows key files by their names, and takes nothing else along', async () => {
  const other = await mkdtemp(join(folder, 'keys-'));
  await mkdir(join(other, 'keys'));
  const kept = ['order-key-0123456789abcdef.pem', 'order-key.pem'];
  const left = ['order-key.pem.new', 'x y', '.hidden', 'log-key.pem.before-restore', 'log-key.pem.before-restore-2'];
  for (const name of [...kept, ...left]) await writeFile(join(other, 'keys', name), 'x');
  expect((await readKeyFiles(other)).map(({ name }) => name)).toEqual(kept.map((name) => `keys/${name}`));
});

it('keeps each key that was in the place of a restored one, however often somebody restores', async () => {
  const other = await mkdtemp(join(folder, 'aside-'));
  const place = async (key: string) =>
    (await stageKeyFiles(other, [{ name: 'keys/order-key.pem', bytes: Buffer.from(key) }]))();
  for (const key of ['followed', 'older', 'older', 'oldest', 'older']) await place(key);
  const names = ['order-key.pem', ...['', '-2', '-3'].map((suffix) => `order-key.pem.before-restore${suffix}`)];
  expect((await readdir(join(other, 'keys'))).sort()).toEqual(names);
  const found = await Promise.all(names.map((name) => readFile(join(other, 'keys', name), 'utf8')));
  expect(found).toEqual(['older', 'followed', 'older', 'oldest']);
});

it.each([
  ['with its file', true],
  ['from under its seal, when the rotation came between the files and the tables', false],
])('brings back a server that orders with the newest order key: %s', async (_how, isKeyLater) => {
  const { context } = fleet;
  const earlier = await readKeyFiles(context.settings.data);
  await rotateOrderKey(context, 'tester', { revoke: true });
  const path = join(folder, `rotated-${isKeyLater}`);
  const keys = isKeyLater ? await readKeyFiles(context.settings.data) : earlier;
  const options = { database: context.database, now: NOW, passphrase: PASSPHRASE };
  await makeBackup({ ...options, keys, target: createWriteStream(path) });
  await restore({ path });
  const database = await openDatabase(target.connection, 2, () => undefined, SYSTEM);
  try {
    const settings = { data, orderKey: undefined };
    const opened = await openOrderKeys({
      ...context,
      database,
      settings,
      organisationId: context.defaultOrganisationId,
    });
    await opened.close();
    expect(opened.present.keyid).toBe(context.orderKey.keyid);
    expect(await readFile(join(data, 'keys', 'order-key.pem'))).toEqual(
      await readFile(join(context.settings.data, 'keys', 'order-key.pem')),
    );
    for (const { name } of earlier.filter((each) => each.name.startsWith('keys/order-key-')))
      expect(await readdir(join(data, 'keys'))).toContain(name.slice('keys/'.length));
  } finally {
    await database.close();
  }
});
