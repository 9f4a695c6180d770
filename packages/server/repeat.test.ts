import { createLogger } from './logging/index.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repeat } from './repeat.ts';

let lines: string[];
let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  stop = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

const started = (act: () => Promise<unknown>) => {
  const log = createLogger({ level: 'info', format: 'json', write: (line) => void lines.push(line) });
  return repeat({ stopping: stop.signal, log }, 1000, 'it was not done', act);
};

it('is done once a period, never twice at once, and stopping waits for what is under way', async () => {
  const turns: (() => void)[] = [];
  const end = started(() => new Promise<void>((resolve) => void turns.push(resolve)));
  await vi.advanceTimersByTimeAsync(3500);
  expect(turns).toHaveLength(1);
  turns[0]?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(turns).toHaveLength(2);
  let ended = false;
  const ending = end().then(() => (ended = true));
  await vi.advanceTimersByTimeAsync(5000);
  expect(ended).toBe(false);
  turns[1]?.();
  await ending;
  expect(turns).toHaveLength(2);
});

it('a failure is logged, whether it is thrown at once or later, and the next turn tries again', async () => {
  let count = 0;
  const end = started(() => {
    count += 1;
    if (count === 1) throw new Error('at once');
    return Promise.reject(new Error('later'));
  });
  await vi.advanceTimersByTimeAsync(2500);
  await end();
  expect(count).toBe(2);
  expect(lines.filter((line) => line.includes('it was not done'))).toHaveLength(2);
});

it('nothing begins while the server stops, and what fails then is no failure', async () => {
  let count = 0;
  const end = started(async () => {
    count += 1;
    stop.abort();
    throw new Error('the database is gone');
  });
  await vi.advanceTimersByTimeAsync(4000);
  await end();
  expect(count).toBe(1);
  expect(lines).toEqual([]);
});
