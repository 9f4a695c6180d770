import { open, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { VexFormat } from '../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, plural } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { printExceptions } from './exception-view.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printJson } from './print.ts';

/** What the server takes; vendors' documents about a whole product line have a few megabytes. */
const DOCUMENT_LIMIT_BYTES = 32 * 1024 * 1024;

export function vexCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('vex'))).description(
    'What is said of vulnerabilities in software, from one organisation to another: CycloneDX and CSAF VEX.',
  );
  examples(group, [
    ['thimble vex export --output ours.cdx.json', 'verdicts and exceptions of this organisation'],
    ['thimble vex export --format csaf > ours.csaf.json', 'the same in CSAF 2.0'],
    ['thimble vex import vendor.json', 'what it says is not affected becomes an exception for that product'],
  ]);
  group
    .command('export')
    .description('write what this organisation says of its software')
    .addOption(new Option('--format <format>', 'of the document').choices(['cyclonedx', 'csaf']).default('cyclonedx'))
    .option('--output <file>', 'file to write; without it, standard output')
    .action(async (_, command: Command) => {
      const { format, output, ...options } = command.optsWithGlobals<
        ConnectionOptions & { format: VexFormat; output?: string }
      >();
      const text = `${JSON.stringify(await connect(cli, options).vex(format), null, 2)}\n`;
      if (output === undefined) return cli.terminal.outRaw(text);
      await writeFile(output, text).catch((cause: Error) => {
        throw new CliError('not-written', `${output} can't be written: ${cause.message}`, { cause });
      });
      cli.terminal.note(`${output} has ${formatBytes(Buffer.byteLength(text))}.`);
    });
  group
    .command('import <file>')
    .description('take over what a CycloneDX or CSAF document says is not affected, or fixed')
    .action(async (file: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const list = await client.importVex(await readDocument(file));
      if (options.json === true) return printJson(cli.terminal, list);
      if (list.items.length === 0) return cli.terminal.note('Nothing in it is new.');
      printExceptions(cli.terminal, list.items, cli.now().getTime());
      cli.terminal.note(`\n${plural(list.total, 'exception')} taken over.`);
    });
}

async function readDocument(path: string): Promise<object> {
  const file = await open(path, 'r').catch((cause: Error) => {
    throw new CliError('unreadable', `${path} can't be read: ${cause.message}`, { exitCode: EXIT.usage, cause });
  });
  let text: string;
  try {
    const { size } = await file.stat();
    if (size > DOCUMENT_LIMIT_BYTES)
      throw new CliError('too-large', `${path} has more than ${formatBytes(DOCUMENT_LIMIT_BYTES)}`, {
        exitCode: EXIT.usage,
      });
    text = await file.readFile('utf8').catch((cause: Error) => {
      throw new CliError('unreadable', `${path} can't be read: ${cause.message}`, { exitCode: EXIT.usage, cause });
    });
  } finally {
    await file.close();
  }
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CliError('not-vex', `${path} is no JSON document`, {
    hint: 'Both CycloneDX and CSAF are taken in JSON.',
    exitCode: EXIT.usage,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
