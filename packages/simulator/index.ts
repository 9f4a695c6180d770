export { parseFleet, type FleetProblem } from './fleet/parse-fleet.ts';
export { compareSimulations } from './simulate/compare.ts';
export type { SimulatedEndpoint, SimulatedPolicy, SimulatedUpdate, SimulationInput } from './simulate/input.ts';
export { simulate } from './simulate/simulate.ts';
