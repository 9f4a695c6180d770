import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Pair } from '../pairs.ts';

export type Sign = '<' | '=' | '>' | '?';

/** A native tool that orders versions. */
export interface Tool {
  readonly name: string;
  /** Its own words about its version; null when this machine does not have it. */
  version(): string | null;
  /** One sign for each pair; `?` for what the tool refuses. No tab, line feed or NUL in the pairs. */
  order(pairs: readonly Pair[]): Promise<readonly Sign[]>;
  /** Where Thimble answers otherwise on purpose. */
  readonly exceptions: readonly ToolException[];
}

export interface ToolException {
  readonly what: string;
  /**
   * `refused`: the tool answers, here there is no order. `may-be-refused`: the same, for some of these pairs.
   * `not-asked`: the tool's answer says nothing.
   */
  readonly how: 'refused' | 'may-be-refused' | 'not-asked';
  applies(a: string, b: string): boolean;
}

/** An exception for pairs of which one text is such a text. */
export function texts(what: string, how: ToolException['how'], is: (text: string) => boolean): ToolException {
  return { what, how, applies: (a, b) => is(a) || is(b) };
}

/** The first line of what a program says about itself that is not empty. */
export function firstLine(program: string, args: readonly string[]): string | null {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) return null;
  return (
    `${stdout}\n${stderr}`
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? program
  );
}

/** A program for each pair, in as many shells as there are processors; `body` sees the pair in $a and $b. */
export async function askForEach(body: string, pairs: readonly Pair[]): Promise<readonly Sign[]> {
  const script = `
    said=$(mktemp); trap 'rm -f "$said"' EXIT
    tab=$(printf '\\t')
    while IFS="$tab" read -r a b; do a=\${a#v}; b=\${b#v}; ${body}; done`;
  const shells = availableParallelism();
  const size = Math.ceil(pairs.length / shells);
  const portions = Array.from({ length: shells }, (_, index) => pairs.slice(index * size, (index + 1) * size));
  const answers = await Promise.all(portions.map(async (portion) => askOne('/bin/sh', ['-c', script], portion)));
  return answers.flat();
}

export async function askOne(
  program: string,
  args: readonly string[],
  pairs: readonly Pair[],
): Promise<readonly Sign[]> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, LC_ALL: 'C' } });
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject).on('close', () => resolve());
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(pairs.map(([a, b]) => `v${a}\tv${b}\n`).join(''));
  await closed;
  // rpm ends its output with an empty line of its own.
  const signs = output.trimEnd().split('\n').map(signOf);
  if (signs.length !== pairs.length) throw new Error(`${program} answered ${signs.length} of ${pairs.length} pairs`);
  return signs;
}

function signOf(text: string): Sign {
  if (text === '<' || text === '=' || text === '>' || text === '?') return text;
  throw new Error(`not an answer: ${JSON.stringify(text)}`);
}
