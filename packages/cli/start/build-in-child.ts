import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

const LOG_LINES_SHOWN = 12;
const BUILD_DEADLINE_MS = 10 * 60_000;
const OUTPUT_LIMIT_CHARACTERS = 1024 * 1024;

/**
 * Runs one of the builds in a process of its own: a bundler's memory (hundreds of MB) goes with it, and Ctrl-C ends it.
 *
 * @param script Beside this file.
 * @returns whether anything had to be built.
 * @throws CliError `build-failed`, with the tool's last words.
 */
export function buildInChild(
  script: 'build-console.ts' | 'build-agent.ts',
  words: readonly string[],
  signal: AbortSignal,
): Promise<'built' | 'fresh'> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, script), ...words],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      timeout: BUILD_DEADLINE_MS,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT_CHARACTERS);
    });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new CliError('build-failed', `${script} can’t be run: ${cause.message}`, { cause })),
    );
    child.once('close', (code) => {
      const lines = output.trim().split('\n');
      if (code === 0) resolve(lines.at(-1) === 'fresh' ? 'fresh' : 'built');
      else
        reject(
          new CliError(
            'build-failed',
            `${script} ended with ${code ?? 'a signal'}:\n${lines.slice(-LOG_LINES_SHOWN).join('\n')}`,
          ),
        );
    });
  });
}
