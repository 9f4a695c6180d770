import { loadavg } from 'node:os';
import { median } from './figure.ts';
import { cpuMs } from './fleet/process-usage.ts';

/** Wall time of one go, milliseconds. */
export async function wallMs(act: () => Promise<unknown> | unknown): Promise<number> {
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
}

/**
 * Time on a processor of one go, milliseconds: what this process and those that it started and saw end needed. On a busy
 * machine it says more than the wall. What others did is counted in steps of ten milliseconds.
 */
export async function processorMs(act: () => Promise<unknown> | unknown): Promise<number> {
  const started = cpuMs(process.pid).own;
  await act();
  return cpuMs(process.pid).own - started;
}

/**
 * Measures several contenders in turns, so that what disturbs the machine meanwhile disturbs all of them. The order
 * turns round in every other round: whoever goes second finds warmer caches.
 *
 * @returns for each contender its measurements in the order of the rounds.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, () => Promise<number>>>,
  signal?: AbortSignal,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      signal?.throwIfAborted();
      results[name].push(await contenders[name]());
    }
  }
  return results;
}

/** The value below which `share` of all values lie (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** `12.3 [11.9-14.0] of 15`: how far the rounds are apart. */
export function spread(values: readonly number[]): string {
  return `${short(median(values))} [${short(Math.min(...values))}-${short(Math.max(...values))}] of ${values.length}`;
}

/** What else went on: figures taken at a load far above the number of processors are upper bounds. */
export function loadNote(): string {
  return `load ${(loadavg()[0] ?? 0).toFixed(1)}`;
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
