import { expect, test } from 'vitest';
import { run, runOrThrow } from './run.ts';

test('a result has the exit code and both streams; input reaches the command', async () => {
  const result = await run(['sh', '-c', 'cat; echo oops >&2; exit 3'], { stdin: 'hello' });
  expect(result).toEqual({ code: 3, signal: null, stdout: 'hello', stderr: 'oops\n', timedOut: false });
});

test('a command that does not read its input is no error', async () => {
  const result = await run(['true'], { stdin: 'x'.repeat(1_000_000) });
  expect(result.code).toBe(0);
});

test('the deadline ends the command together with its children', async () => {
  const result = await run(['sh', '-c', 'sleep 60 & echo $!; wait'], { timeoutMs: 300 });
  expect(result).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: true });
  // The child holds our pipe: `close` came, so it is gone.
  expect(Number(result.stdout)).toBeGreaterThan(1);
});

test('an abort ends the command', async () => {
  const controller = new AbortController();
  const running = run(['sleep', '60'], { signal: controller.signal });
  controller.abort();
  expect(await running).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: false });
});

test('a command that is not there is a typed error', async () => {
  await expect(run(['/no/such/command'])).rejects.toMatchObject({ code: 'command-failed' });
});

test('endless output is stopped and is a typed error', async () => {
  await expect(run(['cat', '/dev/zero'])).rejects.toMatchObject({ code: 'output-too-long' });
});

test('runOrThrow names the command, its end and the last lines of stderr', async () => {
  const failing = runOrThrow(['sh', '-c', 'echo the reason >&2; exit 7']);
  await expect(failing).rejects.toThrow(/^sh -c .* ended with 7: the reason$/);
});
