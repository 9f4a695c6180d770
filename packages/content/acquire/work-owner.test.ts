import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { FREE, isAbandoned, newOwner } from './work-owner.ts';

const hour = 3_600_000;

it('what a living process works on is not abandoned, however long it is silent', () => {
  expect(isAbandoned(newOwner(), 10 * hour)).toBe(false);
});

it('what was released, or whose process has ended, is', async () => {
  expect(isAbandoned(FREE, 0)).toBe(true);
  const child = spawn('true');
  await once(child, 'exit');
  const [machine, , start, mark] = newOwner().split('.');
  expect(isAbandoned([machine, child.pid, start, mark].join('.'), 0)).toBe(true);
});

it('a process that has another’s number is another one', () => {
  const [machine, pid, , mark] = newOwner().split('.');
  expect(isAbandoned([machine, pid, 'another start', mark].join('.'), 0)).toBe(true);
});

it('of another machine nothing is known but how long it was silent', () => {
  const [, pid, start, mark] = newOwner().split('.');
  const elsewhere = ['other', pid, start, mark].join('.');
  expect(isAbandoned(elsewhere, 60_000)).toBe(false);
  expect(isAbandoned(elsewhere, hour)).toBe(true);
  expect(isAbandoned('not a name of ours', 0)).toBe(false);
});
