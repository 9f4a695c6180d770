import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GRAMMARS } from '../grammars/index.ts';
import { pairsOf } from '../pairs.ts';
import { agreement } from './agreement.ts';
import { digestOf, printRecording } from './recording.ts';
import { TOOLS } from './tools.ts';

const USAGE = `usage: npm run vectors -- --scheme SCHEME [--pairs 50000] [--seed 1] [--record | --print]
  compares Thimble's order with the native tool's on pairs made from the seed, and prints every difference
  --record   writes the answers to packages/versions/vectors/recorded/SCHEME.answers, when there is no difference
  --print    prints the pairs, tab between, one a line, and asks nobody
schemes: ${[...TOOLS.keys()].join(', ')}`;

const EXIT_DIFFERS = 1;
const EXIT_USAGE = 2;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scheme: { type: 'string' },
      pairs: { type: 'string', default: '50000' },
      seed: { type: 'string', default: '1' },
      record: { type: 'boolean', default: false },
      print: { type: 'boolean', default: false },
    },
  });
  const grammar = GRAMMARS.get(values.scheme ?? '');
  const tool = TOOLS.get(values.scheme ?? '');
  if (values.scheme === undefined || grammar === undefined || tool === undefined) return refused(USAGE);
  const count = Number(values.pairs);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) return refused(USAGE);
  const pairs = pairsOf(grammar, count, seed);
  if (values.print) {
    process.stdout.write(pairs.map(([a, b]) => `${a}\t${b}\n`).join(''));
    return 0;
  }
  const version = tool.version();
  if (version === null) return refused(`${tool.name}: this machine does not have it`);
  const { signs, differing, excepted } = agreement(values.scheme, tool, pairs, await tool.order(pairs));
  for (const { pair, ours, theirs } of differing)
    process.stdout.write(
      `differs: ${pair.map((text) => JSON.stringify(text)).join(' ')}: ${ours}, the tool ${theirs}\n`,
    );
  for (const [what, times] of excepted) process.stdout.write(`${times} answers of the tool not taken: ${what}\n`);
  const counts = ['<', '=', '>', '?'].map((sign) => `${sign} ${signs.split(sign).length - 1}`).join(', ');
  process.stdout.write(
    `${values.scheme}: ${count - differing.length} of ${count} pairs as ${tool.name} (${version})\n`,
  );
  process.stdout.write(`seed ${seed}, pairs sha256 ${digestOf(pairs)}: ${counts}\n`);
  if (differing.length > 0) return EXIT_DIFFERS;
  if (values.record) {
    const path = join(import.meta.dirname, '../recorded', `${values.scheme}.answers`);
    const text = printRecording({ tool: `${tool.name} (${version})`, seed, count, sha256: digestOf(pairs), signs });
    writeFileSync(path, text);
  }
  return 0;
}

function refused(message: string): number {
  process.stderr.write(`${message}\n`);
  return EXIT_USAGE;
}
