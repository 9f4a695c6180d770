import type { Gap, Verification } from '@thimble/protocol';
import type { Tone } from '../states/endpoint-states.ts';

/** One thing that was looked at after an order, and what was seen. */
export interface Check {
  readonly tone: Extract<Tone, 'good' | 'wait' | 'failed' | 'notice'>;
  readonly text: string;
}

/** The verification as lines to read: what holds, what waits, what is wrong, what is unknown. */
export function checksOf(verification: Verification): Check[] {
  const { wrongVersions, brokenPackages, staleProcesses, restartedUnits, kernel, gaps } = verification;
  const newlyFailed = verification.failedUnitsAfter.filter((unit) => !verification.failedUnitsBefore.includes(unit));
  const stale = staleProcesses.map((process) => `${process.command} (${process.unit ?? `pid ${process.pid}`})`);
  const check = (tone: Check['tone'], text: string): Check => ({ tone, text });
  return [
    wrongVersions.length === 0
      ? check('good', 'All versions are what was approved')
      : check(
          'failed',
          `Wrong versions: ${wrongVersions.map((one) => `${one.name} is ${one.actual ?? 'not installed'}, not ${one.expected ?? 'removed'}`).join('; ')}`,
        ),
    brokenPackages.length === 0
      ? check('good', 'The package database is consistent')
      : check('failed', `Not fully installed: ${brokenPackages.join(', ')}`),
    ...(restartedUnits.length === 0 ? [] : [check('good', `Restarted: ${restartedUnits.join(', ')}`)]),
    stale.length === 0
      ? gaps.some(isAboutProcesses)
        ? check('notice', 'No process was seen on replaced code, but not all could be looked at')
        : check('good', 'No process runs replaced code')
      : check('wait', `Still on replaced code: ${stale.join(', ')}`),
    newlyFailed.length === 0
      ? check('good', 'No unit failed that did not fail before')
      : check('failed', `Failed since: ${newlyFailed.join(', ')}`),
    kernel.waitsForReboot
      ? check('wait', `Kernel ${kernel.installed ?? 'unknown'} is installed, ${kernel.running} is running`)
      : kernel.installed === null
        ? check('good', 'No kernel is installed here: it is the host’s')
        : check('good', `The running kernel ${kernel.running} is the installed one`),
    ...gaps.map((gap) => check('notice', `Unknown: ${gap.what} (${gap.why})`)),
  ];
}

/** Nothing seen is not the same as nothing there. */
export function isAboutProcesses(gap: Gap): boolean {
  return gap.what.includes('process');
}
