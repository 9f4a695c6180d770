import type { Figure } from './figure.ts';

/** A benchmark: yields figures as it goes, says what it does on `say`, and leaves nothing behind. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  /** Why it can't run on this machine (no root, a missing peer that it can't do without); null: it can. */
  unavailable(): Promise<string | null>;
  run(context: BenchContext): AsyncIterable<Figure>;
}

export interface BenchContext {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}
