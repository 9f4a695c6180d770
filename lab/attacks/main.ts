import { parseArgs } from 'node:util';
import { printJson, printTable } from './report.ts';
import { FAMILIES } from './registry.ts';
import { type AttackResult, runAttacks } from './run-attacks.ts';

const HELP = `Attacks a whole server and the code of real agents, on this machine and nowhere else: each attack has to be refused, and
recorded.

    npm run attack                  all
    npm run attack -- tokens        some, by family
    npm run attack -- --list        what there is
    npm run attack -- --json        for programs
    npm run attack -- --help

Families: ${FAMILIES.map(({ name }) => name).join(', ')}.
A family of two words is given in quotes. Ends with 0: all were refused and recorded; 1: some were not; 2: it was asked for
something that there is not.
`;

async function main(): Promise<number> {
  const { values, positionals: names } = parseArgs({
    options: { list: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help === true) return say(HELP);
  const unknown = names.filter((name) => !FAMILIES.some((family) => family.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`no such family: ${unknown.join(', ')}\n`);
    return 2;
  }
  const chosen = FAMILIES.filter(({ name }) => names.length === 0 || names.includes(name));
  if (values.list === true)
    return say(chosen.flatMap(({ name, attacks }) => attacks.map((attack) => `${name}: ${attack.name}\n`)).join(''));
  const results: AttackResult[] = [];
  for await (const result of runAttacks(chosen)) {
    results.push(result);
    process.stderr.write(result.fault === null ? '.' : 'X');
  }
  process.stderr.write('\n');
  say(values.json === true ? printJson(results) : printTable(results));
  return results.some(({ fault }) => fault !== null) ? 1 : 0;
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError) || !('code' in error)) throw error;
  // Of parseArgs: an option that there is not.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
