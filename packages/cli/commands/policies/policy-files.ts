import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';

/** As large as the server takes. */
const MOST_BYTES = 262_144;
const EXTENSION = /\.(ya?ml|json)$/;

export interface PolicyFile {
  /** As the person named it. */
  readonly file: string;
  readonly text: string;
}

/**
 * Policies in files; of a folder, those that end in .yaml, .yml or .json, by name; `-`: standard input.
 *
 * @throws CliError `not-read`: with what is wrong and where
 */
export async function readPolicyFiles(paths: readonly string[]): Promise<readonly PolicyFile[]> {
  const files: PolicyFile[] = [];
  for (const path of paths)
    for (const file of await filesOf(path)) files.push({ file, text: bounded(file, await contentOf(file)) });
  if (files.length === 0)
    throw new CliError('not-read', `there is no policy in ${paths.join(', ')}`, {
      hint: 'Policies are files that end in .yaml, .yml or .json.',
      exitCode: EXIT.usage,
    });
  return files;
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (path === '-') return [path];
  const found = await stat(path).catch((cause: Error) => {
    throw notRead(path, cause);
  });
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => EXTENSION.test(name))
    .toSorted()
    .map((name) => join(path, name));
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin);
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw notRead(file, cause);
  });
}

function bounded(file: string, text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  throw new CliError('not-read', `${file} is no policy: it has more than ${MOST_BYTES / 1024} KB`, {
    exitCode: EXIT.usage,
  });
}

function notRead(file: string, cause: Error): CliError {
  return new CliError('not-read', `${file} can't be read: ${cause.message}`, { cause, exitCode: EXIT.usage });
}
