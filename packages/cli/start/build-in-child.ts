import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

/** The checkout's own scripts, each a program; a packaged installation has neither them nor anything to build. */
const SCRIPTS = join(import.meta.dirname, '..', '..', '..', 'scripts');
const LOG_LINES_SHOWN = 12;
const BUILD_DEADLINE_MS = 10 * 60_000;
const OUTPUT_LIMIT_CHARACTERS = 1024 * 1024;

export type BuildScript = 'build-console.ts' | 'build-agent.ts';

/**
 * Runs one of the builds in a process of its own: a bundler's memory (hundreds of MB) goes with it, and Ctrl-C ends it.
 *
 * @throws CliError `build-failed`, with the tool's last words.
 */
export async function buildInChild(script: BuildScript, signal: AbortSignal): Promise<'built' | 'fresh'> {
  const path = join(SCRIPTS, script);
  if (!existsSync(path)) return 'fresh';
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    timeout: BUILD_DEADLINE_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT_CHARACTERS);
    });
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new CliError('build-failed', `${script} can’t be run: ${cause.message}`, { cause }));
    });
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
