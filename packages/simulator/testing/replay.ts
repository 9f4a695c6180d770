/**
 * One world of the fault simulation again, step by step:
 *
 *     node packages/simulator/testing/replay.ts SEED [ENDPOINTS] [--quiet]
 */
import { createPlanner } from '@thimble/rollouts';
import { lintPlan } from '../mutations/find.ts';
import { runWorld } from '../world/world.ts';

const words = process.argv.slice(2);
const [seed = 1, size] = words.filter((word) => /^\d+$/.test(word)).map(Number);
const result = runWorld(seed, {
  ...(size === undefined ? {} : { size }),
  keepTrace: !words.includes('--quiet'),
  plan: createPlanner().plan,
  lint: lintPlan,
});
for (const line of result.trace) process.stdout.write(`${line}\n`);
for (const { checker, message, atMs } of result.violations)
  process.stdout.write(`VIOLATION ${new Date(atMs).toISOString()} ${checker}: ${message}\n`);
process.stdout.write(
  `seed ${result.seed}: ${result.endpoints} endpoints, ${result.state}, ${result.installations} installations ordered, trace ${result.traceDigest}\n`,
);
process.exitCode = result.violations.length > 0 ? 1 : 0;
