import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isAlive, startTicksOf, thisProcess } from './owner.ts';

test('this process is alive, a later one with its pid is another one', () => {
  const owner = thisProcess();
  expect(isAlive(owner)).toBe(true);
  expect(isAlive({ ...owner, startTicks: owner.startTicks + 1 })).toBe(false);
});

test('a process that ended is not alive', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const owner = { pid, startTicks: startTicksOf(pid) ?? 0 };
  expect(isAlive(owner)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(owner)).toBe(false);
});
