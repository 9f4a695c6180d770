import type { Scenario } from '../scenario/scenario.ts';
import type { WorldEvent } from '../world-event.ts';
import type { Ledger } from './ledger.ts';

/** Looks at what truly happens, and complains. It shares no code with what it checks. */
export interface Checker {
  readonly name: string;
  watch(world: CheckedWorld): (event: WorldEvent, atMs: number) => void;
}

export interface CheckedWorld {
  readonly scenario: Scenario;
  /** As it was before the event that is looked at. */
  readonly ledger: Ledger;
  readonly complain: (message: string) => void;
}
