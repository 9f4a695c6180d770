import { expect, test } from 'vitest';
import { createJobLoop, type JobLoop } from './job-loop.ts';

interface World {
  readonly loop: JobLoop;
  readonly waiting: string[];
  readonly began: string[];
  readonly ends: Map<string, PromiseWithResolvers<void>>;
  readonly errors: unknown[];
  readonly abort: AbortController;
}

function world(waiting: string[], { atOnce = 1, most = 3, slowMs = 60_000 } = {}): World {
  const began: string[] = [];
  const errors: unknown[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const abort = new AbortController();
  const loop = createJobLoop({
    due: async (except) => waiting.filter((id) => !except.includes(id)),
    run: (id) => {
      began.push(id);
      const end = Promise.withResolvers<void>();
      ends.set(id, end);
      return end.promise.then(() => void waiting.splice(waiting.indexOf(id), 1));
    },
    atOnce,
    most,
    slowMs,
    signal: abort.signal,
    onError: (error, id) => void errors.push([id, error]),
  });
  return { loop, waiting, began, ends, errors, abort };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

test('jobs are done one after the other, as many at a time as may be', async () => {
  const { loop, began, ends } = world(['a', 'b', 'c'], { atOnce: 2 });
  loop.work();
  await soon();
  expect(began).toEqual(['a', 'b']);
  ends.get('b')?.resolve();
  await soon();
  expect(began).toEqual(['a', 'b', 'c']);
  for (const { resolve } of ends.values()) resolve();
  await loop.ended();
});

test('what hangs keeps nobody waiting, also what is asked for later, and not without limit', async () => {
  const { loop, waiting, began, ends } = world(['hangs', 'hangs too'], { slowMs: 1 });
  loop.work();
  await soon();
  await soon();
  expect(began).toEqual(['hangs', 'hangs too']);
  waiting.push('asked for', 'one too many');
  loop.work();
  await soon();
  await soon();
  expect(began).toEqual(['hangs', 'hangs too', 'asked for']);
  ends.get('asked for')?.resolve();
  await soon();
  expect(began).toEqual(['hangs', 'hangs too', 'asked for', 'one too many']);
  for (const { resolve } of ends.values()) resolve();
  await loop.ended();
});

test('what fails, or is not done because somebody else has it, waits for the next look', async () => {
  const { loop, began, ends, errors } = world(['fails', 'works']);
  loop.work();
  await soon();
  ends.get('fails')?.reject(new Error('no'));
  await soon();
  ends.get('works')?.resolve();
  await soon();
  expect(began).toEqual(['fails', 'works']);
  expect(errors).toEqual([['fails', new Error('no')]]);
  loop.work();
  await soon();
  expect(began).toEqual(['fails', 'works', 'fails']);
  ends.get('fails')?.resolve();
  await loop.ended();
});

test('nothing begins any more once it is stopped, and the end is waited for', async () => {
  const { loop, began, ends, abort } = world(['a', 'b']);
  loop.work();
  await soon();
  abort.abort();
  let over = false;
  const ended = loop.ended().then(() => {
    over = true;
  });
  await soon();
  expect(over).toBe(false);
  ends.get('a')?.resolve();
  await ended;
  expect(began).toEqual(['a']);
});
