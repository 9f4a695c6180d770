import type { CheckResult, Gap, Transaction, TrialReport } from '@thimble/protocol';
import type { CloneRun, StepResult } from '../run-in-clone.ts';
import type { TrialTask } from '../driver.ts';
import { classifyInstallFailure } from './install.ts';
import { installedFrom } from './installed.ts';
import type { TrialResults } from './trial-steps.ts';
import { wrong } from './verify.ts';

type Ran = Extract<CloneRun, { kind: 'ran' }>;
type Judged = Pick<TrialReport, 'verdict' | 'message' | 'brokenPackages' | 'checks' | 'gaps'>;

/** What a clone's run says about the transaction. What did not come to its end, or can't be read, has failed. */
export function trialVerdict(
  task: Pick<TrialTask, 'transaction' | 'rules'>,
  run: Pick<Ran, 'limit' | 'ended' | 'output'>,
  results: TrialResults,
): Judged {
  const { checks, gaps } = judgeChecks(results);
  const { brokenPackages, message: state } = packagesAfter(task.transaction, results.list);
  const failedChecks = checks.filter((check) => !check.passed);
  const message =
    limitInWords(task, run.limit) ??
    installInWords(task, results.install, run.output) ??
    state ??
    (failedChecks.length > 0 ? `after the installation: ${failedChecks.map(inWords).join('; ')}` : null) ??
    (run.ended ? null : 'the trial was killed before it came to its end');
  return {
    verdict: message === null ? 'passed' : 'failed',
    message: (message ?? `installed, configured and checked: ${packages(task.transaction)}`).slice(0, 16_000),
    brokenPackages,
    checks,
    gaps,
  };
}

function packages({ changes }: Transaction): string {
  return changes.length === 1 ? 'one package' : `${changes.length} packages`;
}

function limitInWords({ rules }: Pick<TrialTask, 'rules'>, limit: Ran['limit']): string | null {
  const mib = (bytes: number) => `${Math.ceil(bytes / 1_048_576)} MiB`;
  switch (limit) {
    case null:
      return null;
    case 'time':
      return `it took longer than the ${rules.deadlineSeconds} s that the policy allows a trial`;
    case 'disk':
      return `it wrote more than the ${mib(rules.diskBytes)} that the policy allows a trial`;
    case 'memory':
      return `it used more than the ${mib(rules.memoryBytes)} of memory that the policy allows a trial`;
    default:
      return limit satisfies never;
  }
}

function installInWords(task: Pick<TrialTask, 'rules'>, install: StepResult | null, output: string): string | null {
  if (install === null) return 'the installation did not come to its end';
  if (install.exitCode === 0) return null;
  const { code, message } = classifyInstallFailure({ exitCode: install.exitCode, output, deadlinePassed: false });
  // The machine's own space was compared with the transaction's need before: what is full is the clone.
  return code === 'disk-full' ? `${limitInWords(task, 'disk') ?? ''}. ${message}` : message;
}

function packagesAfter(transaction: Transaction, list: StepResult | null) {
  if (list === null || list.exitCode !== 0)
    return { brokenPackages: [], message: 'what is installed in the clone could not be read' };
  const installed = installedFrom(list.output, '');
  const broken = installed.packages.filter((each) => each.status !== 'installed' || each.reinstRequired);
  const brokenPackages = [...new Set(broken.map((each) => each.name))].slice(0, 1_000);
  if (brokenPackages.length > 0) return { brokenPackages, message: `not configured: ${brokenPackages.join(', ')}` };
  const differing = wrong(installed, transaction).map(
    ({ name, expected, actual }) => `${name} ${actual ?? '(none)'} instead of ${expected ?? '(none)'}`,
  );
  return {
    brokenPackages,
    message: differing.length === 0 ? null : `apt reported success, but: ${differing.join(', ')}`,
  };
}

/** A check counts when it passed before: what was wrong already is no fault of the update, and nothing was learned. */
function judgeChecks(results: TrialResults): { readonly checks: CheckResult[]; readonly gaps: Gap[] } {
  const checks: CheckResult[] = [];
  const gaps: Gap[] = [];
  for (const { name, before, after } of results.checks) {
    if (before?.exitCode === 0) {
      if (results.install?.exitCode === 0) checks.push(checkResult(name, after));
    } else gaps.push({ what: name, why: `it fails without the update: ${said(before)}` });
  }
  if (results.install?.exitCode === 0)
    for (const { name, result } of results.commands) checks.push(checkResult(name, result));
  return { checks: checks.slice(0, 100), gaps };
}

function checkResult(name: string, result: StepResult | null): CheckResult {
  const passed = result?.exitCode === 0;
  return {
    name: name.slice(0, 512),
    passed,
    message: passed ? '' : said(result),
    durationMs: result?.durationMs ?? 0,
  };
}

function inWords({ name, message }: CheckResult): string {
  return `${name} fails: ${message}`;
}

function said(result: StepResult | null): string {
  if (result === null) return 'it did not come to its end';
  const how = result.exitCode === null ? 'it was killed at its deadline' : `it ended with ${result.exitCode}`;
  const words = result.output.replace(/\p{Cc}+/gu, ' ').trim();
  return words === '' ? how : `${words.slice(-2_000)} (${how})`;
}
