import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { feedsExportCommand, feedsImportCommand, feedsKeyCommand } from './feeds-bundle.ts';
import { feedsSetCommand } from './feeds-of-server.ts';
import { feedsListCommand, feedsStatusCommand } from './feeds-list.ts';
import { feedsMirrorCommand, feedsServeCommand } from './feeds-mirror.ts';
import { feedsSyncCommand } from './feeds-sync.ts';

export function feedsCommands(program: Command, cli: Cli): void {
  const group = program
    .command('feeds')
    .description(
      'Where knowledge of vulnerabilities comes from: synchronise it, carry it to sites without Internet, mirror it.',
    );
  feedsListCommand(group, cli);
  feedsStatusCommand(group, cli);
  feedsSyncCommand(group, cli);
  feedsSetCommand(group, cli);
  feedsExportCommand(group, cli);
  feedsImportCommand(group, cli);
  feedsKeyCommand(group, cli);
  feedsMirrorCommand(group, cli);
  feedsServeCommand(group, cli);
}
