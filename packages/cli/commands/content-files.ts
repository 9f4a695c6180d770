import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

/** Signatures of apk name their key by its file, which the key itself does not say: the name goes along on the line before it. */
export async function keyTextOf(path: string): Promise<string> {
  const text = await textOf(path);
  const name = basename(path);
  return name.endsWith('.rsa.pub') ? text.replaceAll(/^(?=-----BEGIN )/gm, `${name}\n`) : text;
}

/** @throws CliError `unreadable` */
export async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new CliError('unreadable', `${path} can't be read: ${cause.message}`, { exitCode: EXIT.usage, cause });
  });
}

/** @throws CliError `unreadable`, `malformed` */
export async function jsonOf(path: string): Promise<unknown> {
  const text = await textOf(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new CliError('malformed', `${path} is no JSON`, { exitCode: EXIT.usage, cause });
  }
}
