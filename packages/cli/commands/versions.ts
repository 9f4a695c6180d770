import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { compareVersions, SCHEMES, VersionError } from '@thimble/versions';
import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from './options.ts';

/** Two versions of at most 255 characters and a tab; a longer line is no pair of versions. */
const LINE_LIMIT = 4096;
/** Answers are written in portions: one system call for each would make a million lines slow. */
const PORTION_CHARACTERS = 16_384;

export function versionsCommands(program: Command, cli: Cli): void {
  const group = program.command('versions').description('Compare version numbers as package managers do.');
  const compare = group
    .command('compare')
    .description('read lines of A<TAB>B from standard input, print <, = or > for each, ? for what is not a version')
    .addOption(
      new Option('--scheme <scheme>', 'how versions are ordered')
        .choices(SCHEMES.map(({ id }) => id))
        .makeOptionMandatory(),
    )
    .option('--json', 'print {"a","b","order"} for each line, order null for what is not a version')
    .action(async (options: { scheme: string; json?: boolean }) => {
      await compareLines(cli.terminal.input, (text) => cli.terminal.outRaw(text), options);
    });
  examples(compare, [[String.raw`printf '1.0~rc1\t1.0\n' | thimble versions compare --scheme deb`, 'prints <']]);
}

const SIGNS = { '-1': '<', '0': '=', '1': '>' } as const;

/** One answer a line, in the order of the lines, written as they come. @throws CliError `line-too-long` */
export async function compareLines(
  input: Readable,
  write: (text: string) => void | Promise<void>,
  { scheme, json }: { readonly scheme: string; readonly json?: boolean },
): Promise<void> {
  let portion = '';
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.length > LINE_LIMIT)
      throw new CliError('line-too-long', `a line has more than ${LINE_LIMIT} characters`, { exitCode: EXIT.usage });
    const [a = '', b, ...rest] = line.split('\t');
    const order = b === undefined || rest.length > 0 ? undefined : orderOf(scheme, a, b);
    portion += json === true ? `${JSON.stringify({ a, b: b ?? null, order: order ?? null })}\n` : `${order ?? '?'}\n`;
    if (portion.length < PORTION_CHARACTERS) continue;
    await write(portion);
    portion = '';
  }
  if (portion !== '') await write(portion);
}

function orderOf(scheme: string, a: string, b: string): '<' | '=' | '>' | undefined {
  try {
    return SIGNS[compareVersions(scheme, a, b)];
  } catch (error) {
    if (error instanceof VersionError && error.code === 'not-a-version') return undefined;
    throw error;
  }
}
