/**
 * Attacks a whole server and the code of real agents, on this machine and nowhere else: each attack has to be refused, and
 * recorded.
 *
 *     npm run attack                  all
 *     npm run attack -- tokens        some, by family
 *     npm run attack -- --list        what there is
 */
import { FAMILIES } from './registry.ts';
import { type AttackResult, runAttacks } from './run-attacks.ts';

const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const unknown = [
  ...names.filter((name) => !FAMILIES.some((family) => family.name === name)),
  ...words.filter((word) => word.startsWith('--') && word !== '--list'),
];

function print(rows: readonly (readonly string[])[]): void {
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
  if (unknown.length > 0) {
    process.stderr.write(`no such family or option: ${unknown.join(', ')}\n`);
    return 2;
  }
  const chosen = FAMILIES.filter(({ name }) => names.length === 0 || names.includes(name));
  if (words.includes('--list')) {
    for (const { name, attacks } of chosen)
      for (const attack of attacks) process.stdout.write(`${name}: ${attack.name}\n`);
    return 0;
  }
  const results: AttackResult[] = [];
  for await (const result of runAttacks(chosen)) {
    results.push(result);
    process.stderr.write(result.fault === null ? '.' : 'X');
  }
  process.stderr.write('\n');
  const row = ({ name, attack, fault, note }: AttackResult): readonly string[] => [
    name,
    fault === null ? attack.refusal : 'NOT REFUSED',
    attack.record,
    note,
  ];
  print([['attack', 'refused with', 'recorded in', ''], ...results.map(row)]);
  const failed = results.filter(({ fault }) => fault !== null);
  for (const { name, fault } of failed) process.stdout.write(`\nNOT REFUSED ${name}\n${fault}\n`);
  process.stdout.write(`\n${results.length - failed.length} of ${results.length} attacks refused and recorded\n`);
  return failed.length > 0 ? 1 : 0;
}

process.exitCode = await main();
