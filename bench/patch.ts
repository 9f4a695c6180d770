import { createLab, labAvailability, startMirror, type Endpoint, type Lab, type Mirror } from '@thimble/lab';
import type { Bench, BenchContext } from './bench.ts';
import { builtAgent } from './built-agent.ts';
import { median, type Figure } from './figure.ts';
import { loadNote, spread } from './measure.ts';
import { findOldCode, unitsOf } from './old-code.ts';

const SUITES = ['bookworm', 'bookworm-security'];
const BASE = 'server';
/** unattended-upgrade takes minutes and is far from the others: it goes in the first round only. */
const ROUNDS = 3;
/** No further round begins when it could end after this. */
const BUDGET_MS = 11 * 60_000;
const DEADLINE_MS = 15 * 60_000;

const UPDATE = 'apt-get -q update -o APT::Update::Error-Mode=any';
const APT = 'apt-get -q -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold';

/** All as root, from the refresh of the package lists to the prompt. */
const CONTENDERS = {
  thimble: { argv: ['thimble', 'patch', '--all', '--apply', '--yes'], accepted: [0] },
  apt: { argv: ['sh', '-ec', `${UPDATE}; ${APT} dist-upgrade`], accepted: [0] },
  unattended: { argv: ['sh', '-ec', `${UPDATE}; unattended-upgrade`], accepted: [0] },
} as const;
type Contender = keyof typeof CONTENDERS;
const NAMES = Object.keys(CONTENDERS) as Contender[];

interface Run {
  readonly wallMs: number;
  /** `name:architecture version` of all that is installed afterwards. */
  readonly versions: string;
  readonly oldCode: readonly string[];
  readonly output: string;
}

export const patchBench: Bench = {
  name: 'patch',
  about: 'a machine with pending updates patched by thimble patch, apt-get dist-upgrade and unattended-upgrade',
  unavailable: async () => {
    const availability = labAvailability();
    return availability.available ? null : availability.why;
  },
  run,
};

async function* run({ say, signal }: BenchContext): AsyncIterable<Figure> {
  const startedMs = performance.now();
  const { deb } = await builtAgent(say);
  await using lab = await createLab({ tag: 'bench patch', report: (line) => say(`   ${line}`) });
  await using mirror = await startMirror({ host: lab.gateway, suites: SUITES });
  say('   a throw-away clone fetches everything once, so that the mirror has it ...');
  const pending = await warmUp(lab, mirror, deb);
  const runs: Record<Contender, Run[]> = { thimble: [], apt: [], unattended: [] };
  let longestMs = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const beganMs = performance.now();
    if (round > 0 && beganMs - startedMs + longestMs > BUDGET_MS) break;
    const names = NAMES.filter((name) => round === 0 || name !== 'unattended');
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      signal.throwIfAborted();
      const result = await patchOne(lab, mirror, deb, name, round);
      runs[name].push(result);
      say(
        `   round ${round + 1}: ${name} ${(result.wallMs / 1000).toFixed(1)} s; old code: ${result.oldCode.join(' ') || 'none'}`,
      );
    }
    longestMs = performance.now() - beganMs;
  }
  assertSameResult(runs);
  yield* figures(runs, pending);
}

/** @returns how many packages are to be upgraded. */
async function warmUp(lab: Lab, mirror: Mirror, deb: string): Promise<number> {
  await using machine = await boot(lab, mirror, deb, 'warm-up');
  await machine.shell(`${UPDATE}; ${APT} --download-only dist-upgrade`, { timeoutMs: DEADLINE_MS });
  const simulated = await machine.shell('apt-get -q -s dist-upgrade');
  const pending = simulated.split('\n').filter((line) => line.startsWith('Inst ')).length;
  if (pending === 0) throw new Error(`the base '${BASE}' has no pending updates: there is nothing to measure`);
  return pending;
}

async function patchOne(lab: Lab, mirror: Mirror, deb: string, name: Contender, round: number): Promise<Run> {
  await using machine = await boot(lab, mirror, deb, `${name}-${round}`);
  const { argv, accepted } = CONTENDERS[name];
  const startedMs = performance.now();
  const result = await machine.exec(argv, {
    timeoutMs: DEADLINE_MS,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  const wallMs = performance.now() - startedMs;
  const output = `${result.stdout}\n${result.stderr}`;
  if (!(accepted as readonly (number | null)[]).includes(result.code))
    throw new Error(`${name} ended with ${String(result.code)}: ${output.slice(-2000)}`);
  const oldCode = unitsOf(await findOldCode(machine));
  const versions = await machine.shell(
    "dpkg-query -W -f '${Package}:${Architecture} ${Version} ${db:Status-Status}\\n'",
  );
  return { wallMs, versions, oldCode, output };
}

/** A fresh clone, up and idle, that patches itself only when it is told to. All have the same on them. */
async function boot(lab: Lab, mirror: Mirror, deb: string, name: string): Promise<Endpoint> {
  const machine = await lab.endpoint({ name, base: BASE });
  try {
    await machine.useMirror(mirror, { suites: SUITES });
    await machine.boot();
    await machine.shell(
      'systemctl stop apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service',
    );
    await machine.put(deb, '/root/agent.deb');
    await machine.shell('dpkg -i /root/agent.deb </dev/null; rm /root/agent.deb');
    return machine;
  } catch (error) {
    await machine.destroy();
    throw error;
  }
}

/** Times of runs that ended with different systems can't be compared. */
function assertSameResult(runs: Readonly<Record<Contender, readonly Run[]>>): void {
  const expected = runs.apt[0]?.versions;
  for (const name of NAMES)
    for (const { versions, output } of runs[name])
      if (versions !== expected)
        throw new Error(`${name} installed something else than apt-get dist-upgrade did:\n${output.slice(-2000)}`);
}

function* figures(runs: Readonly<Record<Contender, readonly Run[]>>, pending: number): Iterable<Figure> {
  const seconds = (name: Contender): readonly number[] => runs[name].map(({ wallMs }) => wallMs / 1000);
  const worst = (name: Contender): readonly string[] =>
    runs[name].map(({ oldCode }) => oldCode).reduce((most, each) => (each.length > most.length ? each : most), []);
  const times = `${pending} packages; ours ${spread(seconds('thimble'))}, apt ${spread(seconds('apt'))}, unattended-upgrade ${spread(seconds('unattended'))}`;
  const wall = { bench: 'patch', metric: 'wall', unit: 's', ours: median(seconds('thimble')) } as const;
  yield {
    ...wall,
    peer: median(seconds('apt')),
    peerName: 'apt-get dist-upgrade',
    aim: { kind: 'at-most', ratio: 1.15 },
    note: `${times}; ours verifies and restarts services besides; ${loadNote()}`,
  };
  yield {
    ...wall,
    peer: median(seconds('unattended')),
    peerName: 'unattended-upgrade',
    aim: { kind: 'at-most', ratio: 0.5 },
  };
  const theirs = worst('unattended').length;
  yield {
    bench: 'patch',
    metric: 'services on old code',
    unit: 'units',
    ours: worst('thimble').length,
    peer: theirs,
    peerName: 'unattended-upgrade',
    // Zero is what is aimed at, also where the peer has left none.
    aim: { kind: 'at-most', ratio: theirs === 0 ? 1 : 0 },
    note:
      `the worst round of each, counted in /proc by a checker of its own: ours ${worst('thimble').join(' ') || 'none'}; ` +
      `unattended-upgrade ${worst('unattended').join(' ') || 'none'}; apt ${worst('apt').join(' ') || 'none'}`,
  };
}
