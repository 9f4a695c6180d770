import { writeFile } from 'node:fs/promises';
import type { EvidenceScope } from '@thimble/protocol';
import { parseVerifierKey, verifyBundle } from '@thimble/transparency';
import { type Command, Option } from 'commander';
import { CliError, usageError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import type { Client } from '../../client/index.ts';
import { plural } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { beginningOf, momentOf } from '../moment.ts';
import { type ConnectionOptions, examples } from '../options.ts';
import { printJson } from '../print.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';
import { resolveRun } from '../runs.ts';
import { doesNotHold } from './audit-options.ts';

interface ExportOptions extends ConnectionOptions {
  readonly run?: string;
  readonly endpoint?: string;
  readonly from?: string;
  readonly to?: string;
  readonly output?: string;
}

export function exportCommand(group: Command, cli: Cli): void {
  const command = group
    .command('export')
    .description('write the evidence of one run, one endpoint or a period, with everything that proves it')
    .option('--run <run>', 'of this run')
    .option('--endpoint <endpoint>', 'of this endpoint')
    .addOption(new Option('--from <moment>', 'from then on').argParser(beginningOf))
    .addOption(new Option('--to <moment>', 'until then; without it: now').argParser(momentOf))
    .option('--output <file>', 'file to write; without it, standard output');
  examples(command, [
    ['thimble audit export --run last --output run.json', 'who decided what, what was ordered, what came of it'],
    [
      'thimble audit export --from 2026-01-01 --to 2026-03-31 --output first-quarter.json',
      'every record of these days',
    ],
  ]);
  command.action(async (_, given: Command) => {
    const options = given.optsWithGlobals<ExportOptions>();
    const client = connect(cli, options);
    const bundle = await client.evidenceBundle(await scopeOf(client, options, cli.now()));
    const log = parseVerifierKey(bundle.verifierKey);
    const verified = log === undefined ? undefined : verifyBundle(bundle, { log, witnesses: [] });
    if (verified?.kind !== 'holds')
      throw doesNotHold(
        'bundle-broken',
        `what the server gave does not hold: ${verified === undefined ? 'it names no key' : verified.kind === 'bad-record' ? verified.fault.message : verified.message}`,
      );
    if (options.output === undefined) return printJson(cli.terminal, bundle);
    await writeFile(options.output, `${JSON.stringify(bundle)}\n`).catch((cause: Error) => {
      throw new CliError('not-written', `${options.output} can't be written: ${cause.message}`, { cause });
    });
    cli.terminal.note(
      `${plural(bundle.entries.length, 'record')} and ${plural(bundle.envelopes.length, 'signed order')} are in ${options.output}.`,
    );
    cli.terminal.note(`Check it anywhere: thimble audit verify --bundle ${options.output} --key ${bundle.verifierKey}`);
  });
}

async function scopeOf(client: Client, { run, endpoint, from, to }: ExportOptions, now: Date): Promise<EvidenceScope> {
  const period = from !== undefined || to !== undefined;
  if ([run !== undefined, endpoint !== undefined, period].filter(Boolean).length !== 1)
    throw usageError('what is to be exported?', 'Give one of: --run, --endpoint, or --from with --to.');
  if (run !== undefined) return { kind: 'run', runId: await resolveRun(client, run) };
  if (endpoint !== undefined) return { kind: 'endpoint', endpointId: (await resolveEndpoint(client, endpoint)).id };
  if (from === undefined) throw usageError('a period needs a beginning', 'Give it with --from.');
  return { kind: 'period', from, to: to ?? now.toISOString() };
}
