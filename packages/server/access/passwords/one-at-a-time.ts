import { HttpProblem } from '../../http/problem.ts';

/** Each takes about half a second, so the last of them waits as long as a person does. */
const LONGEST_QUEUE = 20;

/** Runs work one after another: a password costs 128 MiB for a moment, and anybody may ask for one to be checked. */
export function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    if (waiting >= LONGEST_QUEUE)
      throw new HttpProblem(503, 'busy', {
        side: 'host',
        detail: 'Too many people sign in at this moment.',
        hint: 'Try again in a few seconds.',
        headers: { 'retry-after': '5' },
      });
    waiting += 1;
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  };
}
