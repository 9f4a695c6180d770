import type { TrialTask } from '../driver.ts';
import { STAND_INS, type CloneStep, type StepResult } from '../run-in-clone.ts';
import { BASE_ENVIRONMENT } from '../run-command.ts';
import { installArguments } from './install.ts';
import type { ExactCall } from './exact.ts';
import type { TrialCheck } from './trial-checks.ts';

/** One check of the machine's own configuration takes a second; some resolve names and wait for nobody. */
const CHECK_DEADLINE_MS = 60_000;
const LIST_DEADLINE_MS = 120_000;
const CHECK_OUTPUT_BYTES = 4_000;
/** 65,000 packages (all of Debian) make 10 MB. */
const LIST_OUTPUT_BYTES = 16 * 1024 * 1024;
const STANZA = 'Package: ${Package}\\nStatus: ${Status}\\nVersion: ${Version}\\nArchitecture: ${Architecture}\\n\\n';

/** What a trial does in its clone, in this order. */
export function trialSteps(task: TrialTask, call: ExactCall, checks: readonly TrialCheck[]): readonly CloneStep[] {
  const asked = checks.map(({ argv }) => ({ argv, deadlineMs: CHECK_DEADLINE_MS, output: CHECK_OUTPUT_BYTES }));
  const commands = task.commands.map(({ argv }) => ({
    argv,
    deadlineMs: task.rules.deadlineSeconds * 1000,
    output: CHECK_OUTPUT_BYTES,
  }));
  return [
    ...asked,
    { argv: installInClone(call), deadlineMs: task.rules.deadlineSeconds * 1000, output: 'loud' },
    { argv: ['dpkg-query', '-W', '-f', STANZA], deadlineMs: LIST_DEADLINE_MS, output: LIST_OUTPUT_BYTES },
    ...asked,
    ...commands,
  ];
}

/** The very call of an installation. apt gives maintainer scripts a PATH of its own. */
function installInClone(call: ExactCall): readonly string[] {
  const [program = '', ...args] = installArguments(call, 0);
  return [program, '-o', `DPkg::Path=${STAND_INS}:${BASE_ENVIRONMENT['PATH'] ?? ''}`, ...args];
}

/** The results by what they are of; null: the step did not end before the clone did. */
export interface TrialResults {
  readonly install: StepResult | null;
  /** dpkg's status of all packages, as stanzas. */
  readonly list: StepResult | null;
  readonly checks: readonly {
    readonly name: string;
    readonly before: StepResult | null;
    readonly after: StepResult | null;
  }[];
  readonly commands: readonly { readonly name: string; readonly result: StepResult | null }[];
}

/** @param steps the results of `trialSteps`, as far as it came. */
export function trialResults(
  task: Pick<TrialTask, 'commands'>,
  checks: readonly TrialCheck[],
  steps: readonly StepResult[],
): TrialResults {
  const at = (index: number) => steps[index] ?? null;
  const after = checks.length + 2;
  return {
    install: at(checks.length),
    list: at(checks.length + 1),
    checks: checks.map(({ name }, index) => ({ name, before: at(index), after: at(after + index) })),
    commands: task.commands.map(({ name }, index) => ({ name, result: at(after + checks.length + index) })),
  };
}
