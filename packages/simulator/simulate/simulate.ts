import type { SimulationResult } from '@thimble/protocol';
import type { SimulationInput } from './input.ts';

/**
 * The coming days under these policies: the planner itself in virtual time, over endpoints that are modelled by how long
 * they take and how often they fail. Jumps from event to event; synchronous, so callers put it into a worker.
 *
 * @throws RangeError for days or a fleet beyond what is simulated
 */
export function simulate(input: SimulationInput): SimulationResult {
  throw new RangeError(`not simulated yet: ${input.days} days`);
}
