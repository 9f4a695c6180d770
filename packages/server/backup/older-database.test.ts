import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertNotOlder, forgetOutside } from '../report/checkpoints/kept-outside.ts';
import { appendSigned } from '../report/testing/tamper.ts';
import { openDatabase, SYSTEM } from '../storage/index.ts';
import { type TestDatabase, createTestDatabase } from '../storage/testing.ts';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';

let fleet: TestFleet;
let target: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp('/tmp/thimble-older-');
  fleet = await startTestFleet();
  target = await createTestDatabase();
  await target.close();
});
afterAll(async () => {
  await fleet.stop();
  await target.drop();
  await rm(folder, { recursive: true, force: true });
});

it('an older database is noticed by what was signed since, until somebody says that it shall be', async () => {
  const { context } = fleet;
  const dataDirectory = context.settings.data;
  const now = context.clock();
  await appendSigned(context, 'one', 'two');
  const path = join(folder, 'backup');
  await makeBackup({
    database: context.database,
    now,
    keys: [],
    passphrase: undefined,
    target: createWriteStream(path),
  });
  await appendSigned(context, 'three');
  await expect(assertNotOlder({ ...context, dataDirectory })).resolves.toBeUndefined();

  await restoreBackup({
    connection: target.connection,
    dataDirectory,
    path,
    passphrase: undefined,
    replace: true,
    now,
  });
  const database = await openDatabase(target.connection, 2, () => undefined, SYSTEM);
  try {
    const older = { database, logKey: context.logKey, dataDirectory };
    await expect(assertNotOlder(older)).rejects.toMatchObject({ code: 'evidence-older' });
    await forgetOutside(dataDirectory, now);
    await expect(assertNotOlder(older)).resolves.toBeUndefined();
    expect((await readdir(dataDirectory)).filter((name) => name.startsWith('checkpoints-until-'))).toHaveLength(1);
  } finally {
    await database.close();
  }
});
