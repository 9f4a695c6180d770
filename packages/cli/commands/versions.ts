import type { Readable } from 'node:stream';
import { type ComparableScheme, orderVersions, SCHEMES } from '@thimble/versions';
import { type Command, Option } from 'commander';
import type { Cli } from '../cli.ts';
import type { Column } from '../terminal/index.ts';
import { boundedLines } from './bounded-lines.ts';
import { examples } from './options.ts';
import { printJson, printTable } from './print.ts';

/** Two versions as long as the longest that a scheme takes, and a tab. */
const LINE_LIMIT_CHARACTERS = 131_073;

/** Other words by which people know a scheme. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['alpine', 'apk'],
  ['debian', 'deb'],
  ['go', 'golang'],
  ['pacman', 'alpm'],
  ['pypi', 'pep440'],
  ['rubygems', 'gem'],
]);

export function versionsCommands(program: Command, cli: Cli): void {
  const group = program.command('versions').description('Compare version numbers as package managers do.');
  const compare = group
    .command('compare')
    .description('read lines of A<TAB>B from standard input, print <, = or > for each, ? for what has no order')
    .addOption(
      new Option('--scheme <scheme>', 'how versions are ordered')
        .choices([...SCHEMES.map(({ id }) => id), ...OTHER_NAMES.keys()])
        .makeOptionMandatory(),
    )
    .option('--json', 'print {"a","b","order"} for each line, order null for what has none')
    .action(async (options: { scheme: string; json?: boolean }) => {
      await compareLines(cli.terminal.input, (text) => cli.terminal.outRaw(text), {
        ...options,
        scheme: OTHER_NAMES.get(options.scheme) ?? options.scheme,
      });
    });
  examples(compare, [[String.raw`printf '1.0~rc1\t1.0\n' | thimble versions compare --scheme deb`, 'prints <']]);
  group
    .command('schemes')
    .description('list the schemes: what they are for, and whose rules they follow')
    .option('--json', 'print them as JSON')
    .action((options: { json?: boolean }) => {
      const schemes = SCHEMES.map(({ id, name, specification }) => ({ id, name, specification }));
      if (options.json === true) printJson(cli.terminal, schemes);
      else printTable(cli.terminal, COLUMNS, SCHEMES);
    });
}

const COLUMNS: readonly Column<ComparableScheme>[] = [
  { title: 'SCHEME', value: ({ id }) => id },
  { title: 'FOR', value: ({ name }) => name, flexible: true },
  { title: 'FOLLOWS', value: ({ specification }) => specification, flexible: true },
];

const SIGNS = { '-1': '<', '0': '=', '1': '>' } as const;

/**
 * One answer a line, in the order of the lines. They are written for each chunk that was read: at once for whoever waits
 * for an answer before the next question, and with few system calls for a file of a million lines.
 */
export async function compareLines(
  input: Readable,
  write: (text: string) => void | Promise<void>,
  { scheme, json }: { readonly scheme: string; readonly json?: boolean },
): Promise<void> {
  for await (const lines of boundedLines(input, LINE_LIMIT_CHARACTERS)) {
    let portion = '';
    for (const line of lines) {
      const { a, b, order } = answer(scheme, line);
      portion += json === true ? `${JSON.stringify({ a, b, order })}\n` : `${order ?? '?'}\n`;
    }
    if (portion !== '') await write(portion);
  }
}

interface Answer {
  readonly a: string | null;
  readonly b: string | null;
  readonly order: '<' | '=' | '>' | null;
}

/** A line of more or less than two fields is no pair of versions. */
function answer(scheme: string, line: string | null): Answer {
  if (line === null) return { a: null, b: null, order: null };
  const tab = line.indexOf('\t');
  if (tab === -1) return { a: line, b: null, order: null };
  const a = line.slice(0, tab);
  const b = line.slice(tab + 1);
  if (b.includes('\t')) return { a, b, order: null };
  const result = orderVersions(scheme, a, b);
  return { a, b, order: 'order' in result ? SIGNS[result.order] : null };
}
