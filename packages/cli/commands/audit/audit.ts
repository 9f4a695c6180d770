import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { examples, withConnection, withJson } from '../options.ts';
import { checkpointCommand } from './checkpoint.ts';
import { exportCommand } from './export.ts';
import { exportToCommands } from './export-to/export-to.ts';
import { verifyCommand } from './verify.ts';

export function auditCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('audit'))).description(
    'Proves that the evidence is whole: nothing changed, removed, inserted or written anew.',
  );
  examples(group, [
    ['thimble audit verify', 'read all records, hold them against what was seen before'],
    ['thimble audit checkpoint --output today.txt', 'a signed line to keep elsewhere; proves that the log only grew'],
    ['thimble audit verify --checkpoint today.txt', 'nothing of what was there then is missing'],
    ['thimble audit export --run last --output run.json', 'the evidence of one run, with its proofs'],
    ['thimble audit verify --bundle run.json --key KEY', 'off line, on any machine'],
    ['thimble audit export-to show', 'collectors of logs (SIEM) that get the records as they come'],
  ]);
  group.addHelpText(
    'after',
    `\nThe newest checkpoint that was seen is kept in the data folder, so that a log that was cut or written anew shows.
Exit codes: 0 everything holds · 6 something does not, the first bad record is named · 2 wrong usage · 1 it could not be checked`,
  );
  verifyCommand(group, cli);
  checkpointCommand(group, cli);
  exportCommand(group, cli);
  exportToCommands(group, cli);
}
