import type { FailureCode } from '@thimble/protocol';
import type { ApplyTask } from '../driver.ts';
import { runDetached, type DetachedEnd } from './detached-run.ts';
import type { ExactCall } from './exact.ts';
import { newAttempt, type OrderFolder } from './order-folder.ts';
import { RESOLVER_OPTIONS } from './simulation.ts';
import { aptGet } from './workspace.ts';

/**
 * Locally changed configuration files are kept without a question; apt asks nobody and takes no terminal. `Dpkg::Lock`
 * covers somebody who took the lock between our download and now.
 */
export function installArguments(call: ExactCall, lockWaitMs: number): readonly string[] {
  return aptGet(
    call.workspace,
    '-y',
    '--no-download',
    ...RESOLVER_OPTIONS,
    '-o',
    'APT::Status-Fd=3',
    '-o',
    'Dpkg::Progress-Fancy=false',
    '-o',
    'Dpkg::Options::=--force-confdef',
    '-o',
    'Dpkg::Options::=--force-confold',
    '-o',
    `DPkg::Lock::Timeout=${Math.ceil(lockWaitMs / 1000)}`,
    ...call.args,
  );
}

export async function install(
  task: ApplyTask,
  folder: OrderFolder,
  call: ExactCall,
  options: { readonly lockWaitMs: number; readonly installDeadlineMs: number },
): Promise<DetachedEnd> {
  task.progress({ stage: 'installing', percent: 0, message: `${task.transaction.changes.length} packages` });
  const directory = await newAttempt(task.host, folder, 'install');
  return runDetached(task, directory, installArguments(call, options.lockWaitMs), {
    stage: 'installing',
    deadlineMs: options.installDeadlineMs,
  });
}

const PROCESSING = /^dpkg: error processing (package|archive) .*:$/;

/** Why an installation failed, from the end of its log. */
export function classifyInstallFailure(end: DetachedEnd): { code: FailureCode; message: string; busy: boolean } {
  const { output } = end;
  const lines = output.split('\n');
  // dpkg says what was wrong with a package in the line after its name.
  const errors = lines.filter(
    (line, index) => /^(E: |dpkg: error|dpkg-deb: error)/.test(line) || PROCESSING.test(lines[index - 1] ?? ''),
  );
  const said = errors.slice(-5).join('\n').slice(0, 4_000) || `apt-get ended with ${end.exitCode ?? 'a signal'}`;
  if (end.deadlinePassed)
    return { code: 'deadline-passed', message: `the installation took too long. ${said}`, busy: false };
  if (/No space left on device|not enough free (disk )?space/i.test(output))
    return { code: 'disk-full', message: said, busy: false };
  if (end.exitCode === null)
    return { code: 'interrupted', message: `the installation was killed. ${said}`, busy: false };
  const busy = /Could not get lock|Unable to acquire the dpkg frontend lock/i.test(output);
  return { code: 'install-failed', message: said, busy };
}
