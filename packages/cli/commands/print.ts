import { type Column, renderTable, type Terminal } from '../terminal/index.ts';

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value, undefined, terminal.outIsTerminal ? 2 : undefined));
}

export function printTable<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  for (const line of renderTable(columns, rows, terminal.width, terminal.colour.bold)) terminal.out(line);
}

/** `label: value` lines, values in one column. */
export function printFacts(terminal: Terminal, facts: readonly (readonly [label: string, value: string])[]): void {
  const widest = Math.max(...facts.map(([label]) => label.length));
  for (const [label, value] of facts) terminal.out(`${terminal.colour.dim(`${label}:`.padEnd(widest + 1))}  ${value}`);
}
