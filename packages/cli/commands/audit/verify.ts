import type { VerifierKey } from '@thimble/transparency';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { EXIT } from '../../exit-codes.ts';
import { plural } from '../../terminal/index.ts';
import { examples } from '../options.ts';
import { printFacts, printJson } from '../print.ts';
import { logKey, witnessKey } from './audit-options.ts';
import { type Verdict, type VerifyOptions, verifyServer } from './verify-server.ts';
import { verifyBundleFile } from './verify-bundle-file.ts';

export function verifyCommand(group: Command, cli: Cli): void {
  const command = group
    .command('verify')
    .description('check every record, and that the log only grew; or everything in a bundle, off line')
    .option('--bundle <file>', 'a bundle that `thimble audit export` wrote, instead of a server')
    .option('--checkpoint <file>', 'a checkpoint that was kept: the log has to go on from it')
    .option<VerifierKey>('--key <key>', 'the log’s key; without it the one that was seen first', logKey)
    .option<readonly VerifierKey[]>(
      '--witness <key>',
      'has to have cosigned the checkpoint; may be repeated',
      witnessKey,
    );
  examples(command, [
    ['thimble audit verify', 'all records of the server'],
    ['thimble audit verify --checkpoint 2026-05-03.txt', 'and that nothing of that day is missing'],
    ['thimble audit verify --bundle run.json --key KEY', 'without any server'],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<VerifyOptions>();
    const verdict =
      options.bundle === undefined ? await verifyServer(cli, options) : await verifyBundleFile(options.bundle, options);
    show(cli, options, verdict);
  });
}

function show(cli: Cli, { json }: VerifyOptions, verdict: Verdict): void {
  const { terminal } = cli;
  const { log, records, checkpoint, fault, notes, cosigned } = verdict;
  if (json === true) printJson(terminal, { holds: fault === null, ...verdict });
  else {
    printFacts(terminal, [
      ['log', log],
      ['records', fault === null ? `${records}, all of them hold` : `${records} hold`],
      ['checkpoint', `${plural(checkpoint, 'record')}, signed`],
      ...cosigned.map(
        ({ witness, seenAt }) => ['witness', `${witness}, ${new Date(seenAt * 1000).toISOString()}`] as const,
      ),
    ]);
    for (const note of notes) terminal.note(note);
    if (fault !== null) terminal.note(`${terminal.errColour.bad('the evidence does not hold:')} ${fault.message}`);
  }
  if (fault !== null) cli.exitWith(EXIT.found);
}
