import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { blockCommands } from './content-blocks.ts';
import { bundleCommands } from './content-bundle.ts';
import { channelCommands } from './content-channels.ts';
import { configurationCommand } from './content-configuration.ts';
import { differenceCommand } from './content-difference.ts';
import { relayRegistryCommands } from './content-relays.ts';
import { repositoryCommands } from './content-repositories.ts';
import { snapshotCommands } from './content-snapshots.ts';
import { statusCommands } from './content-status.ts';
import { examples, withConnection, withJson } from './options.ts';

export function contentCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('content'))).description(
    'Patches, got once: repositories and their keys, frozen snapshots, what is deployed from them, blocks, relays.',
  );
  examples(group, [
    ['thimble content proposals', 'what the machines have configured, with the keys that they check it by'],
    ['thimble content repositories add --from-proposals', 'take them all over, after a look at the fingerprints'],
    ['thimble content snapshot --name 2026-11', 'look for news, verify them, freeze everything'],
    ['thimble content diff 2026-11', 'what it would change, and which vulnerabilities it closes'],
    ['thimble content promote 2026-11 --to production', 'what the next runs there install from'],
    ['thimble content block openssl 3.0.22-1 --reason "breaks LDAP"', 'nobody gets it from now on'],
  ]);
  group.addHelpText(
    'after',
    '\nA snapshot is named by its name, its id or the beginning of one; “last” is the newest. So are repositories.',
  );
  statusCommands(group, cli);
  repositoryCommands(group, cli);
  snapshotCommands(group, cli);
  differenceCommand(group, cli);
  channelCommands(group, cli);
  blockCommands(group, cli);
  relayRegistryCommands(group, cli);
  configurationCommand(group, cli);
  bundleCommands(group, cli);
}
