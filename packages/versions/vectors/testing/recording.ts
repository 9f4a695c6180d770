import { createHash } from 'node:crypto';
import type { Pair } from '../pairs.ts';

/** The answers of a tool, kept without the pairs: the seed makes those again, their digest proves it. */
export interface Recording {
  readonly tool: string;
  readonly seed: number;
  readonly count: number;
  readonly sha256: string;
  /** One sign for each pair. */
  readonly signs: string;
}

const LINE_SIGNS = 100;

export function printRecording({ tool, seed, count, sha256, signs }: Recording): string {
  const lines = signs.match(new RegExp(`.{1,${LINE_SIGNS}}`, 'g')) ?? [];
  return [`tool ${tool}`, `seed ${seed}`, `pairs ${count}`, `sha256 ${sha256}`, '', ...lines, ''].join('\n');
}

export function parseRecording(text: string): Recording {
  const [head = '', body = ''] = text.split('\n\n');
  const field = (name: string): string =>
    new RegExp(`^${name} (.*)$`, 'm').exec(head)?.[1] ?? fail(`the recording has no line '${name}'`);
  return {
    tool: field('tool'),
    seed: Number(field('seed')),
    count: Number(field('pairs')),
    sha256: field('sha256'),
    signs: body.replaceAll('\n', ''),
  };
}

export function digestOf(pairs: readonly Pair[]): string {
  const hash = createHash('sha256');
  for (const [a, b] of pairs) hash.update(`${a}\t${b}\n`);
  return hash.digest('hex');
}

function fail(message: string): never {
  throw new Error(message);
}
