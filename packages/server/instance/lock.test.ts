import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNewId, lockInstance } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp('/tmp/thimble-lock-');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a second instance is refused with the first one\u2019s process and address, until it is released', async () => {
  const lock = await lockInstance(folder);
  await lock.describe('http://localhost:1234');
  await expect(lockInstance(folder)).rejects.toMatchObject({ code: 'already-running' });
  await expect(lockInstance(folder)).rejects.toThrow(
    new RegExp(`${folder} is in use by process ${process.pid}, http://localhost:1234\\. .*--data`),
  );
  await lock.release();
  await (await lockInstance(folder)).release();
});

test('kill -9 of the holder frees the directory at once', async () => {
  const script = `const { lockInstance } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    await lockInstance(${JSON.stringify(folder)}); console.log('locked'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  await expect(lockInstance(folder)).rejects.toMatchObject({ code: 'already-running' });
  const exit = once(holder, 'exit');
  holder.kill('SIGKILL');
  await exit;
  await (await lockInstance(folder)).release();
});

test('ids are UUIDs of version 7 and sort by time', () => {
  let now = 0x0123_4567_89ab;
  const newId = createNewId(
    () => new Date(now),
    (size) => new Uint8Array(size).fill(0xff),
  );
  expect(newId()).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  const earlier = newId();
  now += 1;
  expect(newId() > earlier).toBe(true);
});
