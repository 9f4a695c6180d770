export type { Bench, BenchContext } from './bench.ts';
export { figureJson, median, meetsAim, ratioOf, type Figure } from './figure.ts';
