import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenList } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningCommand, thimble } from './testing/command.ts';

/** Real servers with their own PostgreSQL; the tests are one story, in this order. */
const folder = mkdtempSync(join(tmpdir(), 'thimble-backup-'));
const file = join(folder, 'backup');
const passphraseFile = join(folder, 'passphrase');
const envOf = (name: string) => ({ THIMBLE_DATA: join(folder, name), THIMBLE_PORT: '0', THIMBLE_FEEDS: 'off' });
const running = new Set<RunningCommand>();

async function serving(name: string): Promise<RunningCommand> {
  const command = new RunningCommand(['serve', '--host', '127.0.0.1'], envOf(name));
  running.add(command);
  await command.says(/CA fingerprint/);
  return command;
}

async function stop(command: RunningCommand): Promise<void> {
  command.kill('SIGTERM');
  await command.ended();
  running.delete(command);
}

async function tokensOf(name: string): Promise<readonly string[]> {
  const { stdout } = await thimble(['tokens', 'list', '--json'], { env: envOf(name) });
  return (JSON.parse(stdout) as TokenList).items.map((token) => token.name);
}

beforeAll(() => {
  // PostgreSQL does not run as root: its user must get through to its own folder.
  chmodSync(folder, 0o711);
  writeFileSync(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
});
afterAll(async () => {
  for (const command of running) command.kill('SIGTERM');
  await Promise.all([...running].map((command) => command.ended()));
  rmSync(folder, { recursive: true, force: true });
});

describe('thimble backup and restore', { timeout: 240_000 }, () => {
  it('a server that works is backed up, and is there again elsewhere', async () => {
    const first = await serving('first');
    await thimble(['tokens', 'create', 'kept'], { env: envOf('first') });
    const backup = await thimble(['backup', file, '--passphrase-file', passphraseFile], { env: envOf('first') });
    expect(backup).toMatchObject({ code: 0, stdout: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await thimble(['tokens', 'create', 'late'], { env: envOf('first') });
    await stop(first);

    const restored = await thimble(['restore', file, '--passphrase-file', passphraseFile], { env: envOf('second') });
    expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining('Restored as of') });
    const second = await serving('second');
    expect(await tokensOf('second')).toEqual(['kept']);
    await stop(second);
  });

  it('one that does not work is backed up too', async () => {
    const backup = await thimble(['backup', join(folder, 'again'), '--without-keys', '--json'], {
      env: envOf('first'),
    });
    expect(JSON.parse(backup.stdout)).toMatchObject({ keys: [], tables: expect.any(Number) });
    const streamed = await thimble(['backup', '-', '--without-keys'], { env: envOf('first') });
    expect(streamed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^thimble-backup 1 /) });
  });

  it('what is there is not replaced without being asked', async () => {
    const env = envOf('second');
    const plain = await thimble(['restore', file, '--passphrase-file', passphraseFile], { env });
    expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining('not empty') });
    const unconfirmed = await thimble(['restore', file, '--passphrase-file', passphraseFile, '--replace'], { env });
    expect(unconfirmed.code).toBe(5);
    const replaced = await thimble(['restore', file, '--passphrase-file', passphraseFile, '--replace', '--yes'], {
      env,
    });
    expect(replaced.code).toBe(0);
    const second = await serving('second');
    expect(await tokensOf('second')).toEqual(['kept']);
    await stop(second);
  });

  it('keys are not written without a passphrase, and a wrong one opens nothing', async () => {
    const none = join(folder, 'none');
    expect((await thimble(['backup', none], { env: envOf('first') })).code).toBe(2);
    expect(existsSync(none)).toBe(false);
    const env = { ...envOf('third'), THIMBLE_BACKUP_PASSPHRASE: 'wrong horse battery staple' };
    const refused = await thimble(['restore', file], { env });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('passphrase is not the one') });
  });
});

describe('thimble server', { timeout: 240_000 }, () => {
  it('seals under another key, with which the server goes on', async () => {
    const before = readFileSync(join(folder, 'second/keys/secrets-key'), 'utf8');
    const changed = await thimble(['server', 'rotate-secrets-key', '--json'], { env: envOf('second') });
    expect(JSON.parse(changed.stdout)).toMatchObject({ keyId: expect.stringMatching(/^[0-9a-f]{16}$/), resealed: 0 });
    expect(readFileSync(join(folder, 'second/keys/secrets-key'), 'utf8')).not.toBe(before);
  });

  it('does not go on with an older disk unasked', async () => {
    const env = envOf('second');
    // As a snapshot of the disk does it: the database alone goes back.
    execFileSync('cp', ['-a', join(folder, 'second/postgres'), join(folder, 'older')]);
    const signed = () => {
      const checkpoints = join(folder, 'second/checkpoints');
      return existsSync(checkpoints)
        ? readdirSync(checkpoints)
            .map((name) => readFileSync(join(checkpoints, name), 'utf8'))
            .join('')
        : '';
    };
    const second = await serving('second');
    await expect.poll(signed, { timeout: 60_000 }).not.toBe('');
    const size = () => Number(signed().split('\n')[1] ?? 0);
    const before = size();
    // Each leaves a record; what was due before is signed with the first of them at the latest.
    for (const name of ['since', 'then', 'late']) await thimble(['tokens', 'create', name], { env });
    await expect.poll(size, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    await stop(second);
    rmSync(join(folder, 'second/postgres'), { recursive: true });
    execFileSync('cp', ['-a', join(folder, 'older'), join(folder, 'second/postgres')]);

    const refused = await thimble(['serve', '--host', '127.0.0.1'], { env });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('accept-older-database') });
    expect((await thimble(['server', 'accept-older-database'], { env })).code).toBe(5);
    expect((await thimble(['server', 'accept-older-database', '--yes'], { env })).code).toBe(0);
    const again = await serving('second');
    expect(await tokensOf('second')).toEqual(['kept']);
    await stop(again);
  });
});
