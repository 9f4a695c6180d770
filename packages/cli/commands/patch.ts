import { type Command, Option } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT_CODE_HELP } from '../exit-codes.ts';
import { applyUpdates, rollBackOrder, showPlan } from '../patch/actions.ts';
import { showHistory } from '../patch/history.ts';
import type { PatchOptions } from '../patch/patch-options.ts';
import { patchConfigHelp, PATCH_CONFIG_PATH } from '../patch/patch-config.ts';
import { runTimerAction } from '../patch/timer-action.ts';
import { examples, withJson, words } from './options.ts';

/** Single-system mode: this machine, no server. */
export function patchCommand(program: Command, cli: Cli): void {
  const command = withJson(program.command('patch'))
    .description(
      'This machine alone, without a server: show what would change and why, install exactly that, prove that it took effect, go back.',
    )
    .option('--security', 'security updates only')
    .option('--all', 'all updates (the usual)')
    .option('--package <name...>', 'only these packages (NAME, NAME:ARCHITECTURE or NAME=VERSION)', words)
    .option('--apply', 'install it, restart services that run replaced code, verify')
    .option('--yes', 'do not ask before installing')
    .option('--no-restart-services', 'leave running what still uses replaced code')
    .option(
      '--rollback [order]',
      'go back to the versions before an order (see --history); without one, before the last',
    )
    .option('--history', 'what was installed here, and how it ended')
    .option('--unattended', `as the timer runs it: asks nothing, reads ${PATCH_CONFIG_PATH}, rolls back on failure`)
    .addOption(new Option('--reboot <when>', 'after an unattended --apply').choices(['never', 'when-needed']))
    .addOption(
      new Option('--timer [action]', 'let the machine patch itself').choices(['on', 'off', 'status']).preset('status'),
    );
  examples(command, [
    ['thimble patch', 'what is pending here and what it would change; needs no root'],
    ['sudo thimble patch --apply --security', 'install the security updates'],
    ['sudo thimble patch --rollback', 'back to the versions before the last installation'],
    ['sudo thimble patch --timer on', 'security updates every night, verified, rolled back on failure'],
  ]);
  command.addHelpText(
    'after',
    `\nUnattended, ${PATCH_CONFIG_PATH} says how (these are the defaults):\n${patchConfigHelp()}\n\n${EXIT_CODE_HELP}`,
  );
  command.action(async (options: PatchOptions) => {
    const modes = [
      options.apply === true,
      options.rollback !== undefined,
      options.history === true,
      options.timer !== undefined,
    ];
    if (modes.filter(Boolean).length > 1) throw usageError('choose one of --apply, --rollback, --history and --timer');
    if (options.unattended === true && options.apply !== true && options.rollback === undefined)
      throw usageError('--unattended goes with --apply');
    if (options.timer !== undefined) return await runTimerAction(cli, options, options.timer);
    if (options.history === true) return await showHistory(cli, options.json === true);
    if (options.rollback !== undefined)
      return await rollBackOrder(cli, options, options.rollback === true ? 'last' : options.rollback);
    if (options.apply === true) return await applyUpdates(cli, options);
    await showPlan(cli, options);
  });
}
