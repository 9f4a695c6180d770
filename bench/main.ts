/**
 * Benchmarks, each against a peer or a limit measured in the same run.
 *
 *     npm run bench                    all
 *     npm run bench -- inventory       some, by name
 *     npm run bench -- --list          what there is
 *     npm run bench -- --json          one line of JSON per figure instead of the table
 *     npm run bench -- --markdown      the table for docs/benchmarks.md
 */
import { BENCHES } from './registry.ts';
import { figureJson, meetsAim, ratioOf, type Figure } from './figure.ts';

const words = process.argv.slice(2);
const json = words.includes('--json');
const markdown = words.includes('--markdown');
const names = words.filter((word) => !word.startsWith('--'));
const unknown = [
  ...names.filter((name) => !BENCHES.some((bench) => bench.name === name)),
  ...words.filter((word) => word.startsWith('--') && !['--json', '--markdown', '--list', '--help'].includes(word)),
];

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function row(figure: Figure): readonly string[] {
  const met = meetsAim(figure);
  const ratio = ratioOf(figure);
  return [
    `${figure.bench}: ${figure.metric}`,
    `${number(figure.ours)} ${figure.unit}`,
    figure.peer === null ? '-' : `${number(figure.peer)} ${figure.unit}`,
    figure.peerName,
    ratio === null ? '-' : `${ratio.toPrecision(3)}x`,
    `${figure.aim.kind === 'at-most' ? '<=' : '>='} ${figure.aim.ratio}x`,
    met === null ? 'unknown' : met ? 'met' : 'MISSED',
  ];
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function printMarkdown([head = [], ...rows]: readonly (readonly string[])[]): void {
  for (const cells of [head, head.map(() => '---'), ...rows]) process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  for (const cells of rows)
    process.stdout.write(
      `${cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
}

async function main(): Promise<number> {
  if (words.includes('--list') || words.includes('--help') || unknown.length > 0) {
    if (unknown.length > 0) say(`no such benchmark or option: ${unknown.join(', ')}`);
    for (const { name, about } of BENCHES) process.stdout.write(`${name.padEnd(22)} ${about}\n`);
    return unknown.length > 0 ? 2 : 0;
  }
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const figures: Figure[] = [];
  let failures = 0;
  for (const bench of BENCHES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const why = await bench.unavailable();
    if (why !== null) {
      say(`SKIPPED ${bench.name}: ${why}`);
      continue;
    }
    say(`── ${bench.name}: ${bench.about}`);
    try {
      for await (const figure of bench.run({ say, signal: abort.signal })) {
        figures.push(figure);
        if (json) process.stdout.write(`${figureJson(figure)}\n`);
        else say(`   ${row(figure).join('  ')}`);
      }
    } catch (error) {
      failures += 1;
      say(`FAILED ${bench.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    if (abort.signal.aborted) break;
  }
  const table = [['figure', 'ours', 'peer', 'peer is', 'ratio', 'aim', ''], ...figures.map(row)];
  if (!json && figures.length > 0) (markdown ? printMarkdown : printTable)(table);
  return failures > 0 ? 1 : 0;
}

process.exitCode = await main();
