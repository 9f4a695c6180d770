import type { Target } from './target/target.ts';

/**
 * Something that an attacker tries. It is held against a whole server and the code of real agents; that it was refused is
 * half of it, the other half is that somebody who looks afterwards finds it.
 */
export interface Attack {
  /** What is tried, as it stands after the name of its family. */
  readonly name: string;
  /** How it has to end: the code of the refusal, or in a word what became of it instead. */
  readonly refusal: string;
  readonly record: Trace;
  readonly attempt: (target: Target) => Promise<Attempt>;
}

/** Where it is written down. `verifier`: whoever checks what was altered is told where. `relay status`: what a relay says of itself. */
export type Trace =
  | 'request log'
  | 'evidence'
  | 'order outcome'
  | 'agent journal'
  | 'agent error'
  | 'relay status'
  | 'verifier';

export interface Attempt {
  readonly refusal: string;
  readonly isRecorded: boolean;
  /** What the table says besides: of how many routes it was tried. */
  readonly note?: string;
}

export interface AttackFamily {
  readonly name: string;
  readonly attacks: readonly Attack[];
}
