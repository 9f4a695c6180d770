import { createLocalHost } from '@thimble/drivers';
import { CliError, usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { printFacts, printJson } from '../commands/print.ts';
import { ownCommand } from './own-command.ts';
import type { PatchOptions } from './patch-options.ts';
import { type PatchConfig, PATCH_CONFIG_PATH } from './patch-config.ts';
import { switchTimerOff, switchTimerOn, type TimerStatus, timerStatus } from './timer.ts';

export async function runTimerAction(cli: Cli, options: PatchOptions, action: 'on' | 'off' | 'status'): Promise<void> {
  const host = createLocalHost();
  if (action !== 'status') {
    if (!host.privileged) throw new CliError('not-root', 'changing the timer takes root', { hint: 'Use sudo.' });
    if (action === 'on') await switchTimerOn(host, ownCommand(process), configChange(options));
    else await switchTimerOff(host);
  }
  const status = await timerStatus(host);
  if (options.json === true) return printJson(cli.terminal, status);
  showStatus(cli, status);
}

/** What the command line says about how the timer is to work; the rest stays as the file has it. */
function configChange(options: PatchOptions): Partial<PatchConfig> {
  if (options.package !== undefined)
    throw usageError('the timer installs security updates or all; hold a package with apt-mark');
  if (options.security === true && options.all === true) throw usageError('choose one of --security and --all');
  return {
    ...(options.all === true ? { updates: 'all' as const } : {}),
    ...(options.security === true ? { updates: 'security' as const } : {}),
    ...(options.reboot === undefined ? {} : { reboot: options.reboot }),
    ...(options.restartServices ? {} : { restartServices: false }),
  };
}

function showStatus({ terminal }: Cli, { enabled, next, last, config }: TimerStatus): void {
  const { colour } = terminal;
  terminal.out(
    enabled
      ? colour.good('This machine patches itself.')
      : 'This machine does not patch itself. Switch it on with `thimble patch --timer on`.',
  );
  if (!enabled) return;
  printFacts(terminal, [
    ['Updates', config.updates],
    ['When', `${config.schedule}, and up to ${config.randomisedDelay} later`],
    ['Next', next ?? 'not known'],
    ['Last', last ?? 'never'],
    ['Reboot', config.reboot],
    ['Roll-back', config.rollBack ? 'when a service has failed afterwards' : 'never'],
    ['Settings', PATCH_CONFIG_PATH],
    ['Log', 'journalctl -u thimble-patch'],
  ]);
}
