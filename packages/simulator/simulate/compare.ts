import type { SimulationComparison, SimulationResult } from '@thimble/protocol';

/** Two results over the same days and the same fleet, figure by figure: `after` against `before`. */
export function compareSimulations(before: SimulationResult, after: SimulationResult): SimulationComparison {
  return { summary: [`${before.startsAt} to ${after.endsAt}`], differences: [] };
}
