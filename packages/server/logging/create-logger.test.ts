import { expect, test } from 'vitest';
import { createLogger } from './index.ts';

function capture(format: 'json' | 'text') {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: 'info', format, write: (line) => void lines.push(line) }) };
}

test('JSON lines carry time, level, message and members', () => {
  const { lines, log } = capture('json');
  log.info({ port: 8443 }, 'started');
  log.debug('left out');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { level: 'info', time: expect.stringMatching(/Z$/) as string, port: 8443, msg: 'started' },
  ]);
});

test('what is named like a secret is not written', () => {
  const { lines, log } = capture('json');
  log.info({ token: 'hunter2', request: { authorization: 'hunter2', cookie: 'hunter2' } }, 'x');
  expect(lines.join()).not.toContain('hunter2');
});

test('text lines are for people and can not steer their terminal', () => {
  const { lines, log } = capture('text');
  log.warn({ host: 'a\u001b[2Jb', n: 1 }, 'odd\nname');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}odd name host=a \[2Jb n=1\n$/);
});

test('text lines show an error with its stack', () => {
  const { lines, log } = capture('text');
  log.error({ err: new Error('broken') }, 'failed');
  expect(lines[0]).toMatch(/error failed\nError: broken\n +at /);
});
