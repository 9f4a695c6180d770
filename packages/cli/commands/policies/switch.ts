import { policyTextWith } from '@thimble/rollouts';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import type { ConnectionOptions } from '../options.ts';
import { printJson } from '../print.ts';
import { resolvePolicy } from './resolve-policy.ts';

/** `enable` and `disable`: a version of its own each, so that it is on record. */
export function switchCommands(group: Command, cli: Cli): void {
  const commands = [
    { name: 'enable', enabled: true, words: 'let endpoints follow a policy again', done: 'is on' },
    { name: 'disable', enabled: false, words: 'let nobody follow a policy; rollouts under way go on', done: 'is off' },
  ] as const;
  for (const { name, enabled, words, done } of commands)
    group
      .command(`${name} <policy>`)
      .description(words)
      .action(async (text: string, _, command: Command) => {
        const options = command.optsWithGlobals<ConnectionOptions>();
        const client = connect(cli, options);
        const { summary, text: before } = await client.policy((await resolvePolicy(client, text)).id);
        const changed =
          summary.enabled === enabled
            ? summary
            : (
                await client.changePolicy(summary.id, {
                  text: policyTextWith(before, { enabled }),
                  version: summary.version,
                })
              ).summary;
        if (options.json === true) return printJson(cli.terminal, changed);
        cli.terminal.note(`${printable(changed.name)} ${done}.`);
      });
}
