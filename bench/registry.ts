import type { Bench } from './bench.ts';
import { inventoryBench } from './inventory.ts';

/** Every benchmark; adding one is one file and one line. */
export const BENCHES: readonly Bench[] = [inventoryBench];
