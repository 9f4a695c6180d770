import type { Bench } from './bench.ts';

/** Every benchmark; adding one is one file and one line. */
export const BENCHES: readonly Bench[] = [];
