import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, createTestDatabase } from '../storage/testing.ts';
import { bindSecrets, loadSecrets } from './load-secrets.ts';
import { type KeySettings, secretsKeyPath, writeSecretsKeys } from './read-keys.ts';
import { resealAll } from './reseal.ts';
import { type Secrets, createSecrets } from './secrets.ts';
import { newSecretsKey, printSecretsKeys } from './secrets-key.ts';

let data: string;
let database: TestDatabase;
const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

beforeEach(async () => {
  data = await mkdtemp('/tmp/thimble-secrets-');
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
  await rm(data, { recursive: true, force: true });
});

async function start(given: Partial<KeySettings> = {}): Promise<Secrets> {
  const settings = { data, secretsKey: undefined, secretsKeyFile: undefined, secretsKeyCommand: undefined, ...given };
  const secrets = await loadSecrets(database, { settings, random: randomBytes });
  await bindSecrets(database, secrets);
  return secrets;
}

async function program(text: string): Promise<string> {
  const path = join(data, 'command');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

it('makes a key at the first start, for its owner only, and goes on with it', async () => {
  const sealed = (await start()).seal('a.b_sealed', 'kept');
  const { mode } = await stat(join(data, 'keys/secrets-key'));
  expect(mode & 0o777).toBe(0o600);
  expect((await start()).open('a.b_sealed', sealed).toString()).toBe('kept');
});

it('takes the key from the environment, a file or a program alike', async () => {
  const secretsKeyFile = join(data, 'given');
  await writeFile(secretsKeyFile, `${KEY}\n`);
  const ids = [
    await start({ secretsKey: KEY }),
    await start({ secretsKeyFile }),
    await start({ secretsKeyCommand: await program(`echo ${KEY}`) }),
  ].map(({ keyId }) => keyId);
  expect(new Set(ids).size).toBe(1);
});

it('a second key that was put first opens the database too', async () => {
  await start({ secretsKey: KEY });
  await expect(start({ secretsKey: `${OTHER_KEY},${KEY}` })).resolves.toBeDefined();
});

it.each([
  ['another key', 'secrets-key-differs', async () => ({ secretsKey: OTHER_KEY })],
  ['no key where there was one', 'secrets-key-missing', async () => ({})],
  ['a file that is not there', 'secrets-key-missing', async () => ({ secretsKeyFile: join(data, 'none') })],
  ['two places', 'secrets-key-ambiguous', async () => ({ secretsKey: KEY, secretsKeyFile: '/x' })],
  ['a program that fails', 'secrets-key-command-failed', async () => ({ secretsKeyCommand: await program('exit 3') })],
  ['a program that is none', 'secrets-key-command-failed', async () => ({ secretsKeyCommand: join(data, 'none') })],
  ['a program that floods', 'secrets-key-command-failed', async () => ({ secretsKeyCommand: await program('yes') })],
  ['a program that prints no key', 'bad-secrets-key', async () => ({ secretsKeyCommand: await program('echo hello') })],
])('refuses to start with %s, and makes no key', async (_, code, settings) => {
  await start({ secretsKey: KEY });
  await expect(start(await settings())).rejects.toMatchObject({ name: 'SecretsError', code });
  await expect(readFile(join(data, 'keys/secrets-key'))).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('a change of the key', () => {
  it('leaves everything sealed under the new key alone', async () => {
    const settings = { data, secretsKey: undefined, secretsKeyFile: undefined, secretsKeyCommand: undefined };
    const [old, next] = [newSecretsKey(randomBytes), newSecretsKey(randomBytes)];
    await writeSecretsKeys(secretsKeyPath(settings), [old]);
    const before = await start();
    await database.pool.query('create table kept (id int, word_sealed bytea)');
    for (const [id, word] of ['one', 'two'].entries())
      await database.pool.query('insert into kept values ($1, $2)', [id, before.seal('kept.word_sealed', word)]);
    await database.pool.query('insert into kept values (9, null)');

    const both = createSecrets([next, old], randomBytes);
    expect(await database.kysely.transaction().execute((within) => resealAll(within, both))).toBe(2);
    await writeSecretsKeys(secretsKeyPath(settings), [next]);

    const after = await start();
    const { rows } = await database.pool.query<{ word_sealed: Buffer }>(
      'select word_sealed from kept where word_sealed is not null order by id',
    );
    expect(rows.map((row) => after.open('kept.word_sealed', row.word_sealed).toString())).toEqual(['one', 'two']);
    await expect(start({ secretsKey: printSecretsKeys([old]) })).rejects.toMatchObject({ code: 'secrets-key-differs' });
  });

  it('changes nothing when something does not open', async () => {
    const secrets = await start();
    await database.pool.query('create table kept (word_sealed bytea)');
    await database.pool.query('insert into kept values ($1)', [secrets.seal('elsewhere.word_sealed', 'x')]);
    await expect(database.kysely.transaction().execute((within) => resealAll(within, secrets))).rejects.toMatchObject({
      code: 'damaged',
    });
  });
});

it('whatever is sealed is kept where a change of keys finds it', async () => {
  const { rows } = await database.pool.query<{ place: string; type: string }>(
    `select table_name || '.' || column_name as place, data_type as type from information_schema.columns
     where table_schema = 'public' and column_name like '%sealed%' order by 1`,
  );
  expect(rows.filter(({ place, type }) => type !== 'bytea' || !place.endsWith('_sealed'))).toEqual([]);
});
