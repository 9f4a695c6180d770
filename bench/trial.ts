import { join } from 'node:path';
import { createLab, labAvailability, startMirror, type Endpoint } from '@thimble/lab';
import { bundle } from '../scripts/agent-build/bundle.ts';
import type { Bench, BenchContext } from './bench.ts';
import { median, type Figure } from './figure.ts';
import { loadNote, spread } from './measure.ts';
import type { TrialTimes } from './trial/try-and-apply.ts';

const SUITES = ['bookworm', 'bookworm-security'];
const BASE = 'server';
const ROUNDS = 3;
const DEADLINE_MS = 15 * 60_000;
const NODE = '/usr/local/bin/node-of-the-bench';
const PROGRAM = '/usr/local/lib/try-and-apply.cjs';

export const trialBench: Bench = {
  name: 'trial',
  about: "a machine's security updates tried on a clone, against installing them",
  unavailable: async () => {
    const availability = labAvailability();
    return availability.available ? null : availability.why;
  },
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const program = await bundle(join(import.meta.dirname, '..'), 'bench/trial/try-and-apply.ts');
  await using lab = await createLab({ tag: 'bench trial', report: (line) => say(`   ${line}`) });
  await using mirror = await startMirror({ host: lab.gateway, suites: SUITES });
  const rounds: TrialTimes[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    signal.throwIfAborted();
    await using machine = await lab.endpoint({ name: `trial-${round}`, base: BASE });
    await machine.useMirror(mirror, { suites: SUITES });
    await machine.put(process.execPath, NODE);
    await machine.write(PROGRAM, program);
    await machine.boot();
    const times = await measure(machine);
    rounds.push(times);
    say(`   round ${round + 1}: trial ${seconds(times.trialMs)}, installation ${seconds(times.applyMs)}`);
  }
  yield figure(rounds);
}

async function measure(machine: Endpoint): Promise<TrialTimes> {
  // The machine's own timers would patch it meanwhile.
  await machine.shell('systemctl stop apt-daily.timer apt-daily-upgrade.timer apt-daily.service');
  const printed = await machine.shell(`${NODE} ${PROGRAM}`, { timeoutMs: DEADLINE_MS });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as TrialTimes;
}

function figure(rounds: readonly TrialTimes[]): Figure {
  const tried = rounds.map(({ trialMs }) => trialMs / 1000);
  const applied = rounds.map(({ applyMs }) => applyMs / 1000);
  const inApt = median(rounds.map(({ installMs }) => installMs / 1000));
  const diskMiB = median(rounds.map(({ diskBytes }) => diskBytes)) / 1024 ** 2;
  return {
    bench: 'trial',
    metric: 'wall',
    unit: 's',
    ours: median(tried),
    peer: median(applied),
    peerName: 'the installation itself',
    aim: { kind: 'at-most', ratio: 1.5 },
    note:
      `${rounds[0]?.packages ?? 0} packages, fetched before; trial ${spread(tried)}, installation ${spread(applied)}; ` +
      `apt in the clone ${inApt.toFixed(1)} s, which wrote ${diskMiB.toFixed(0)} MiB; ${loadNote()}`,
  };
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
