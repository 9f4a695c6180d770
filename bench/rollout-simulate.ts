import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, BenchContext } from './bench.ts';
import type { Figure } from './figure.ts';
import { loadNote } from './measure.ts';
import type { SimulateReport } from './rollout-simulate/process.ts';

const ENDPOINTS = Number(process.env['THIMBLE_BENCH_ENDPOINTS'] ?? 10_000);
const DAYS = 90;
const LIMIT_S = 60;

export const rolloutSimulateBench: Bench = {
  name: 'rollout-simulate',
  about: `${DAYS} days of ${ENDPOINTS} endpoints in three rings and five time zones, simulated by the planner itself`,
  unavailable: async () => null,
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  for (const faults of [false, true]) {
    const entry = join(import.meta.dirname, 'rollout-simulate', 'process.ts');
    const argv = ['--disable-warning=ExperimentalWarning', entry, ENDPOINTS, DAYS, faults ? 7 : -1].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, argv, { signal });
    const report = JSON.parse(stdout) as SimulateReport;
    const what = faults ? 'with failures and absences' : 'nothing fails';
    say(`   ${what}: ${report.rollouts} rollouts, ${report.installed} of ${report.pending} installed`);
    yield {
      bench: 'rollout-simulate',
      metric: `${DAYS} days, ${what}`,
      unit: 's',
      ours: report.seconds,
      peer: LIMIT_S,
      peerName: 'limit',
      aim: { kind: 'at-most', ratio: 1 },
      note: `${report.rollouts} rollouts, ${report.installed} installations of an update; ${report.peakMb.toFixed(0)} MB; ${loadNote()}`,
    };
  }
}
