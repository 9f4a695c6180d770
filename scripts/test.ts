/**
 * Runs every check and test there is, in order of cost, and ends with one line that counts them:
 * format, lint, types, dead code, then the test stages. `npm test -- unit` (or lab, browser, check) runs one stage;
 * further arguments go to vitest: `npm test -- unit packages/drivers`. One stage follows on another; what the later ones
 * need from the machine is made beside the earlier ones (prepare-tests.ts).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { checks } from './checks.ts';

const root = join(import.meta.dirname, '..');
const STAGES = ['check', 'unit', 'lab', 'browser'] as const;
type Stage = (typeof STAGES)[number];

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed and the beginning of why, told again at the end: who sees only the last lines must see this. */
  readonly failures: string[];
}

const TOLD_AGAIN_CHARACTERS = 1500;

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Of a dependency; npx would take longer to find it than some of them run. */
const command = (name: string): string => join(root, 'node_modules', '.bin', name);

async function runCheck({ name, command: [file = '', ...argv] }: (typeof checks)[number], tally: Tally): Promise<void> {
  const startedMs = Date.now();
  const child = spawn(command(file), argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, ok] = await Promise.all([
    Promise.all([text(child.stdout), text(child.stderr)]).then((both) => both.join('\n')),
    new Promise<boolean>((resolve) => {
      child.once('exit', (code) => resolve(code === 0));
      child.once('error', () => resolve(false));
    }),
  ]);
  process.stdout.write(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)\n`);
  if (!ok) {
    process.stdout.write(`${output}\n`);
    tally.failures.push(`${name}\n${output.trim().slice(-TOLD_AGAIN_CHARACTERS)}`);
  }
  tally[ok ? 'passed' : 'failed'] += 1;
}

/** As many at a time as there are processors. */
async function runChecks(tally: Tally): Promise<void> {
  const waiting = [...checks];
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) await runCheck(check, tally);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

/** Makes a part of what the chosen stages need, in a process of its own; never fails, the stages find out themselves. */
async function prepare(part: 'packages' | 'builds' | 'bases', stages: readonly Stage[]): Promise<void> {
  if (!stages.some((stage) => stage === 'lab' || stage === 'browser')) return;
  const argv = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'prepare-tests.ts'), part];
  const child = spawn(process.execPath, [...argv, ...stages], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
}

async function runVitest(stage: Stage, extra: readonly string[], tally: Tally): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'thimble-test-'));
  const file = join(folder, 'report.json');
  const child = spawn(
    command('vitest'),
    [
      'run',
      '--project',
      // Also those of its kind that must not run beside others.
      `${stage}*`,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...extra,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, FORCE_COLOR: process.env['FORCE_COLOR'] ?? '0' },
    },
  );
  const code = await new Promise<number>((resolve) => child.on('exit', (exitCode) => resolve(exitCode ?? 1)));
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
    const brokenFiles = report.testResults.filter(
      (result) => result.status === 'failed' && result.assertionResults.every(({ status }) => status !== 'failed'),
    ).length;
    for (const result of report.testResults.filter(({ status }) => status === 'failed')) {
      const failed = result.assertionResults.filter(({ status }) => status === 'failed');
      if (failed.length === 0) tally.failures.push(`${result.name}\n${result.message.slice(0, TOLD_AGAIN_CHARACTERS)}`);
      for (const { fullName, failureMessages = [] } of failed)
        tally.failures.push(
          `${result.name}: ${fullName}\n${failureMessages.join('\n').slice(0, TOLD_AGAIN_CHARACTERS)}`,
        );
    }
    tally.passed += report.numPassedTests;
    tally.failed += report.numFailedTests + brokenFiles;
    tally.skipped += report.numPendingTests;
    const skipped = report.testResults.flatMap((result) =>
      result.assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped'),
    );
    for (const { fullName } of skipped) process.stdout.write(`SKIPPED: ${fullName}\n`);
    if (code !== 0 && report.numFailedTests + brokenFiles === 0) tally.failed += 1;
  } catch (error) {
    process.stdout.write(`✗ ${stage}: vitest left no report (${String(error)})\n`);
    tally.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first, ...rest] = process.argv.slice(2);
const chosen: readonly Stage[] =
  STAGES.filter((stage) => stage === first).length === 1 ? STAGES.filter((stage) => stage === first) : STAGES;
const extra = chosen.length === 1 ? rest : process.argv.slice(2);
const tally: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
const startedMs = Date.now();
// What is installed on this machine must not change while unit tests look at it; the lab's bases may come meanwhile.
const ready = Promise.all([prepare('packages', chosen), prepare('builds', chosen)]);
let bases: Promise<void> | undefined;
for (const stage of chosen) {
  process.stdout.write(`\n── ${stage} ${'─'.repeat(60 - stage.length)}\n`);
  if (stage === 'check') {
    await runChecks(tally);
    continue;
  }
  await ready;
  bases ??= prepare('bases', chosen);
  if (stage !== 'unit') await bases;
  await runVitest(stage, extra, tally);
}
await ready;
for (const failure of tally.failures) process.stdout.write(`\nFAILED: ${failure}\n`);
process.stdout.write(`\ntook ${Math.round((Date.now() - startedMs) / 1000)} s\n`);
process.stdout.write(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
