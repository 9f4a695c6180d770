import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, BenchContext } from './bench.ts';
import { median, type Figure } from './figure.ts';
import { loadNote, spread } from './measure.ts';
import type { PlanReport } from './rollout-plan/process.ts';

const ENDPOINTS = Number(process.env['THIMBLE_BENCH_ENDPOINTS'] ?? 100_000);
const PATCHES = 200;
const ZONES = 30;
const LIMIT_PLAN_MS = 5_000;
const LIMIT_REPLAN_MS = 100;
const LIMIT_MB = 1_024;

export const rolloutPlanBench: Bench = {
  name: 'rollout-plan',
  about: `a rollout of ${PATCHES} patches over ${ENDPOINTS} endpoints in three rings and ${ZONES} time zones planned, and planned again`,
  unavailable: async () => null,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const entry = join(import.meta.dirname, 'rollout-plan', 'process.ts');
  const argv = ['--disable-warning=ExperimentalWarning', entry, ENDPOINTS, PATCHES, ZONES].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, argv, { signal });
  const report = JSON.parse(stdout) as PlanReport;
  if (report.findings > 0) throw new Error(`the linter has ${report.findings} things against what was planned`);
  say(
    `   ${report.slots} slots; the linter takes ${spread(report.lintMs)} ms; planned again in ${spread(report.replanProcessorMs)} ms of the processor`,
  );
  const limit = { bench: 'rollout-plan', peerName: 'limit', aim: { kind: 'at-most', ratio: 1 } } as const;
  yield {
    ...limit,
    metric: 'plan from nothing',
    unit: 'ms',
    ours: median(report.planMs),
    peer: LIMIT_PLAN_MS,
    note: `${spread(report.planMs)}; ${report.slots} slots; ${loadNote()}`,
  };
  yield {
    ...limit,
    metric: 'plan again after one result',
    unit: 'ms',
    ours: median(report.replanMs),
    peer: LIMIT_REPLAN_MS,
    note: `${spread(report.replanMs)}; of the processor ${spread(report.replanProcessorMs)} ms; ${loadNote()}`,
  };
  yield {
    ...limit,
    metric: 'peak memory',
    unit: 'MB',
    ours: report.peakMb,
    peer: LIMIT_MB,
    note: 'the whole process, with the facts and the plans of all rounds',
  };
  yield {
    ...limit,
    metric: 'plan of a tenth of the fleet',
    unit: 'ms',
    ours: median(report.smallPlanMs),
    peer: median(report.firstFitMs),
    peerName: 'first fit over windows and lanes',
    note: `it knows no budgets and no deadlines: ${spread(report.firstFitMs)}`,
  };
}
