import type { EvidenceExport, EvidenceExportTest } from '@thimble/protocol';
import type { Command } from 'commander';
import { CliError } from '../../../cli-error.ts';
import type { Cli } from '../../../cli.ts';
import { printable } from '../../../terminal/index.ts';
import { connect } from '../../connection.ts';
import { type ConnectionOptions, examples } from '../../options.ts';
import { printFacts, printJson, printTable } from '../../print.ts';
import { EXPORT_COLUMNS, exportFacts } from './export-view.ts';
import { setCommand } from './set.ts';

/** Collectors of logs that get the evidence as it comes. */
export function exportToCommands(audit: Command, cli: Cli): void {
  const group = audit
    .command('export-to')
    .description('collectors of logs (SIEM) that get every record as it comes: syslog over TLS, or JSON over HTTPS');
  examples(group, [
    ['thimble audit export-to set siem --syslog siem.example:6514', 'events of OCSF in messages of RFC 5424, over TLS'],
    ['thimble audit export-to test siem', 'send one record now, and see whether it arrives'],
    ['thimble audit export-to show siem', 'how far it has come, and what the trouble is'],
    ['thimble audit export-to off siem', 'no more'],
  ]);
  showCommand(group, cli);
  setCommand(group, cli);
  testCommand(group, cli);
  offCommand(group, cli);
}

function showCommand(group: Command, cli: Cli): void {
  group
    .command('show [name]', { isDefault: true })
    .description('all of them, or one with everything about it')
    .action(async (name: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).evidenceExports();
      if (name === undefined) {
        if (options.json === true) printJson(cli.terminal, list);
        else printTable(cli.terminal, EXPORT_COLUMNS, list.items);
        return;
      }
      const found = pick(list.items, name);
      if (options.json === true) printJson(cli.terminal, found);
      else printFacts(cli.terminal, exportFacts(found, cli.now().getTime()));
    });
}

function testCommand(group: Command, cli: Cli): void {
  group
    .command('test <name>')
    .description('send the newest record once more; ends with 1 when it does not arrive')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const result: EvidenceExportTest = await connect(cli, options).testEvidenceExport(name);
      if (options.json === true) printJson(cli.terminal, result);
      if (result.problem !== null)
        throw new CliError('not-delivered', `${name} does not take the evidence: ${printable(result.problem)}`);
      if (options.json === true) return;
      cli.terminal.note(`${name} has taken record ${result.sequence}, in ${result.tookMs} ms.`);
    });
}

function offCommand(group: Command, cli: Cli): void {
  group
    .command('off <name>')
    .description('send nothing there any more; what it has stays there')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const found = pick((await client.evidenceExports()).items, name);
      await client.removeEvidenceExport(name);
      if (options.json === true) printJson(cli.terminal, found);
      else cli.terminal.note(`${name} gets no more evidence. It has the records up to ${found.sentThrough}.`);
    });
}

function pick(items: readonly EvidenceExport[], name: string): EvidenceExport {
  const found = items.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new CliError('unknown-export', `nothing is sent to ${JSON.stringify(name)}`, {
    hint: 'See: thimble audit export-to show',
  });
}
