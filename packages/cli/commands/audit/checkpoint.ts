import { writeFile } from 'node:fs/promises';
import { type Checkpoint, type KnownHead, type VerifierKey, verifyConsistency } from '@thimble/transparency';
import type { Command } from 'commander';
import { CliError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import type { Client } from '../../client/index.ts';
import { plural } from '../../terminal/index.ts';
import { examples } from '../options.ts';
import { printJson } from '../print.ts';
import { doesNotHold, logKey, witnessKey } from './audit-options.ts';
import { type AuditOptions, openServerLog } from './server-log.ts';

export function checkpointCommand(group: Command, cli: Cli): void {
  const command = group
    .command('checkpoint')
    .description('fetch the newest checkpoint, prove that the log only grew since the last one, and keep it')
    .option('--output <file>', 'write it there, to be kept elsewhere')
    .option<VerifierKey>('--key <key>', 'the log’s key; without it the one that was seen first', logKey)
    .option<readonly VerifierKey[]>('--witness <key>', 'has to have cosigned it; may be repeated', witnessKey);
  examples(command, [
    ['thimble audit checkpoint', 'a few hundred bytes, whatever the size of the log'],
    ['thimble audit checkpoint --output $(date +%F).txt', 'once a day, to another machine or on paper'],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<AuditOptions & { output?: string }>();
    const { client, log, note, checkpoint, seen, keep } = await openServerLog(cli, options);
    const before = seen.at(-1);
    if (before !== undefined) await proveGrowth(client, before, checkpoint);
    await keep();
    if (options.output !== undefined)
      await writeFile(options.output, note).catch((cause: Error) => {
        throw new CliError('not-written', `${options.output} can't be written: ${cause.message}`, { cause });
      });
    const { size } = checkpoint;
    if (options.json === true)
      return printJson(cli.terminal, { log: log.text, size, checkpoint: note, before: before?.size ?? null });
    cli.terminal.out(note.trimEnd());
    cli.terminal.note(`The log’s key is ${log.text}`);
    if (before !== undefined)
      cli.terminal.note(`Proven: it goes on from the ${plural(before.size, 'record')} that were seen before.`);
  });
}

async function proveGrowth(client: Client, before: KnownHead, now: Checkpoint): Promise<void> {
  if (before.size > now.size)
    throw doesNotHold(
      'truncated',
      `records ${now.size + 1} to ${before.size} are missing: ${before.by} has them. They were removed, or the database is an older one`,
    );
  const { path } = await client.evidenceConsistency(before.size, now.size);
  const hashes = path.map((hash) => Buffer.from(hash, 'hex'));
  if (!verifyConsistency(before, now, hashes))
    throw doesNotHold(
      'rewritten',
      `the log does not go on from ${before.by}, of ${before.size} records: it was written anew`,
      'thimble audit verify says where.',
    );
}
