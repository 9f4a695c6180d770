import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalHost } from './local-host.ts';
import { runOutside, waitOutside } from './run-outside.ts';

const host = createLocalHost({ detach: 'session' });
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-outside-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const command = (script: string, deadlineMs = 30_000) => ({
  name: 'test',
  argv: ['/bin/sh', '-c', script],
  env: { SAID: 'so' },
  directory: join(folder, 'run'),
  deadlineMs,
});

describe('a command outside the sandbox', () => {
  test.each([
    [
      'its status and its output',
      'echo $SAID; echo no >&2; exit 3',
      { exitCode: 3, output: 'so\nno\n', stopped: null },
    ],
    ['that it was killed', 'kill -9 $$', { exitCode: 137, output: 'Killed\n', stopped: null }],
    [
      'no input and no terminal',
      'read x || echo nothing; tty',
      { exitCode: 1, output: 'nothing\nnot a tty\n', stopped: null },
    ],
  ])('tells %s', async (_, script, expected) => {
    expect(await runOutside(host, command(script))).toEqual(expected);
  });

  test('is not stopped because the clock was set, or the machine slept', async () => {
    let looks = 0;
    const asleep = { ...host, now: () => new Date(Date.now() + (looks++ > 2 ? 86_400_000 : 0)) };
    expect(await runOutside(asleep, command('sleep 0.5; exit 4'))).toMatchObject({ exitCode: 4, stopped: null });
  });

  test('is stopped at its deadline', async () => {
    const end = await runOutside(host, command('echo begun; exec sleep 600', 50));
    expect(end).toEqual({ exitCode: null, output: 'begun\n', stopped: 'deadline' });
    await expect.poll(() => host.detachedRuns(command('')), { timeout: 10_000 }).toBe(false);
  });

  test('is stopped when it prints without an end; the end of what it printed is kept', async () => {
    const { stopped, output } = await runOutside(host, command('exec yes'));
    expect(stopped).toBe('output');
    expect(output.length).toBe(64 * 1024);
  });

  test('runs on when nobody waits for it any more, and can be waited for later', async () => {
    const leave = new AbortController();
    leave.abort();
    const left = await runOutside(host, { ...command('sleep 0.3; echo done'), signal: leave.signal });
    expect(left.stopped).toBe('left');
    expect(await waitOutside(host, command(''))).toEqual({ exitCode: 0, output: 'done\n', stopped: null });
  });

  test('that was never started has not succeeded', async () => {
    expect(await waitOutside(host, command(''))).toEqual({ exitCode: null, output: '', stopped: null });
  });
});
