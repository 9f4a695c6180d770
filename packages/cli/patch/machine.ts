import { randomUUID } from 'node:crypto';
import { createLocalHost, detectDriver, type Driver, type Host } from '@thimble/drivers';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { openJournal, type PatchJournal } from './journal.ts';
import { createPatcher, type Patcher } from './patcher.ts';
import { makePlace, patchPlace } from './place.ts';
import { type StageReporter, stageReporter } from './stage-reporter.ts';
import { lockMachine } from './machine-lock.ts';

export interface Machine {
  readonly host: Host;
  readonly driver: Driver;
  readonly patcher: Patcher;
  readonly journal: PatchJournal;
  readonly reporter: StageReporter;
  close(): Promise<void>;
}

/**
 * This machine, ready to be patched: nobody else of us works on it until `close`.
 *
 * @param change Whether something will be installed (root only); else only plans are made.
 * @throws CliError `unsupported-system`, `not-root`, `busy`
 */
export async function openMachine(
  cli: Cli,
  options: { readonly change: boolean; readonly quiet: boolean },
): Promise<Machine> {
  const host = createLocalHost();
  if (options.change && !host.privileged)
    throw new CliError('not-root', 'installing packages takes root', {
      hint: 'Use sudo. To see what would change, leave --apply out.',
    });
  const place = patchPlace(cli);
  const [driver] = await Promise.all([detectDriver(host), makePlace(host, place)]);
  if (driver === null)
    throw new CliError('unsupported-system', 'this machine’s package manager is not one that Thimble knows', {
      hint: 'Debian, Ubuntu and their kin (apt) are supported.',
    });
  const lock = await lockMachine(cli, place, options.change);
  const reporter = stageReporter(cli.terminal, () => cli.now().getTime(), options.quiet);
  const journal = openJournal(host, place.orders);
  const patcher = createPatcher({
    host,
    driver,
    place,
    journal,
    signal: cli.signal,
    newId: randomUUID,
    progress: (step) => reporter.report(step),
  });
  return {
    host,
    driver,
    patcher,
    journal,
    reporter,
    async close() {
      reporter.end();
      await lock.release();
    },
  };
}
