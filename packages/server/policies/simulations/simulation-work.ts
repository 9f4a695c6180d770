import type { SimulateReply } from '@thimble/protocol';
import { type SimulationInput, compareSimulations, simulate } from '@thimble/simulator';

/** What a thread is given: data alone, so that it can be sent there. */
export interface SimulationWork {
  readonly input: Omit<SimulationInput, 'limits'>;
  /** The same fleet and days under other policies; null: nothing is compared. */
  readonly compared: Omit<SimulationInput, 'limits'> | null;
}

/** Both simulations, and what of the first is different from the second. @param tell 0 to 100, over both together. */
export function workOut({ input, compared }: SimulationWork, tell: (percent: number) => void): SimulateReply {
  const share = compared === null ? 1 : 0.5;
  const result = simulate({ ...input, limits: { progress: (percent) => tell(percent * share) } });
  if (compared === null) return { result, compared: null };
  const other = simulate({ ...compared, limits: { progress: (percent) => tell(50 + percent * share) } });
  return { result, compared: { result: other, comparison: compareSimulations(other, result) } };
}
