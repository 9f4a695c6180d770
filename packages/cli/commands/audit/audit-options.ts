import { readFile } from 'node:fs/promises';
import { parseVerifierKey, type VerifierKey } from '@thimble/transparency';
import { InvalidArgumentError } from 'commander';
import { CliError } from '../../cli-error.ts';
import { EXIT } from '../../exit-codes.ts';

/** The key of a log; `--key`. @throws InvalidArgumentError */
export function logKey(text: string): VerifierKey {
  const key = parseVerifierKey(text);
  if (key?.kind === 'ed25519') return key;
  throw new InvalidArgumentError('It has to be the key of a log, NAME+ID+KEY, as `thimble audit checkpoint` shows it.');
}

/** Keys of witnesses, one after another; `--witness`. @throws InvalidArgumentError */
export function witnessKey(text: string, before: readonly VerifierKey[] = []): readonly VerifierKey[] {
  const key = parseVerifierKey(text);
  if (key?.kind === 'cosignature') return [...before, key];
  throw new InvalidArgumentError('It has to be the key of a witness, NAME+ID+KEY.');
}

/** @throws CliError `not-read` for a file that the command line names. */
export async function readGiven(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new CliError('not-read', `${path} can't be read: ${cause.message}`, { cause, exitCode: EXIT.usage });
  });
}

/** What does not hold, before any record could be named. */
export function doesNotHold(code: string, message: string, hint?: string): CliError {
  return new CliError(code, message, { hint, exitCode: EXIT.found });
}
