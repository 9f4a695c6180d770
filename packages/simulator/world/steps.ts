import type { Timeline } from './timeline.ts';

/** Work that takes time: it yields for how many milliseconds it waits, and can be left where it stands for ever. */
export type Steps<Result> = Generator<number, Result, void>;

/** The process ended here: whatever it had in memory is gone. */
export class Crash extends Error {
  constructor() {
    super('the process ended');
  }
}

/** Carries out work as long as `isAlive` says so. A `Crash` out of it is a crash; everything else is a bug, and is thrown. */
export function carryOut<Result>(
  timeline: Timeline,
  steps: Steps<Result>,
  life: { isOver(): boolean; crash(): void },
  done: (result: Result) => void,
): void {
  const go = (): void => {
    if (life.isOver()) return;
    try {
      const { value, done: ended } = steps.next();
      if (ended === true) done(value);
      else timeline.in(value, go);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      life.crash();
    }
  };
  go();
}
