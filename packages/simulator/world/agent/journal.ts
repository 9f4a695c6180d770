import { EMPTY_JOURNAL, type JournalState } from '@thimble/agent-core';
import type { Order, Outcome } from '@thimble/protocol';
import { Crash } from '../steps.ts';

/** The disk of an endpoint: survives everything that happens to its agent. */
export interface Journal {
  readonly state: JournalState;
  /** Orders as they were accepted, and the outcomes of those that ended. */
  readonly orders: Map<string, Order>;
  readonly outcomes: Map<string, Outcome>;
  /** Durable when it returns. @throws Crash before or after it is durable; DiskFull */
  commit(next: JournalState): void;
}

export class DiskFull extends Error {
  constructor() {
    super('no space left on device');
  }
}

export function createJournal(hooks: {
  readonly isFull: () => boolean;
  readonly crashes: () => 'before' | 'after' | 'not';
  readonly written: (state: JournalState) => void;
}): Journal {
  let state: JournalState = EMPTY_JOURNAL;
  return {
    get state() {
      return state;
    },
    orders: new Map(),
    outcomes: new Map(),
    commit(next) {
      const crash = hooks.crashes();
      if (crash === 'before') throw new Crash();
      if (hooks.isFull()) throw new DiskFull();
      state = next;
      hooks.written(next);
      if (crash === 'after') throw new Crash();
    },
  };
}
