import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Settings } from '../settings/index.ts';
import { readIfPresent, writePrivateFile } from '../tls/index.ts';
import { SecretsError } from './error.ts';
import { type SecretsKey, parseSecretsKeys, printSecretsKeys } from './secrets-key.ts';

export type KeySettings = Pick<Settings, 'data' | 'secretsKey' | 'secretsKeyFile' | 'secretsKeyCommand'>;

/** A key management service is asked over a network; a start need not wait longer for it. */
const COMMAND_DEADLINE_MS = 30_000;
const COMMAND_OUTPUT_LIMIT_BYTES = 4096;

/**
 * The keys for secrets, from whichever place the settings name.
 *
 * @returns undefined when there are none yet: only for the usual file in the data directory.
 * @throws SecretsError `secrets-key-ambiguous`, `secrets-key-missing`, `secrets-key-command-failed`, `bad-secrets-key`
 */
export async function readSecretsKeys(
  settings: KeySettings,
): Promise<readonly [SecretsKey, ...SecretsKey[]] | undefined> {
  const { secretsKey, secretsKeyFile, secretsKeyCommand } = settings;
  if ([secretsKey, secretsKeyFile, secretsKeyCommand].filter((given) => given !== undefined).length > 1)
    throw new SecretsError(
      'secrets-key-ambiguous',
      'secrets-key, secrets-key-file and secrets-key-command exclude each other: give one of them.',
    );
  if (secretsKey !== undefined) return parseSecretsKeys(secretsKey, 'secrets-key');
  if (secretsKeyCommand !== undefined)
    return parseSecretsKeys(await outputOf(secretsKeyCommand), `the output of ${secretsKeyCommand}`);
  const path = secretsKeyPath(settings);
  const text = await readIfPresent(path);
  if (text !== undefined) return parseSecretsKeys(text, path);
  if (secretsKeyFile === undefined) return undefined;
  throw new SecretsError('secrets-key-missing', `the file of the key for secrets, ${path}, does not exist`);
}

/** The file that holds the keys when they are in one. */
export function secretsKeyPath({ data, secretsKeyFile }: Pick<KeySettings, 'data' | 'secretsKeyFile'>): string {
  return secretsKeyFile ?? join(data, 'keys', 'secrets-key');
}

export async function writeSecretsKeys(path: string, keys: readonly SecretsKey[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writePrivateFile(path, printSecretsKeys(keys));
}

/** Without a shell, so that nothing in the settings can be more than a program. */
function outputOf(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = {
      timeout: COMMAND_DEADLINE_MS,
      killSignal: 'SIGKILL',
      maxBuffer: COMMAND_OUTPUT_LIMIT_BYTES,
    } as const;
    execFile(program, [], limits, (cause, stdout) => {
      if (cause === null) return resolve(stdout);
      // What it printed may hold half a key, so it is not quoted.
      reject(
        new SecretsError('secrets-key-command-failed', `${program} gave no key for secrets: ${reasonOf(cause)}`, {
          cause: new Error(reasonOf(cause)),
        }),
      );
    });
  });
}

function reasonOf({ killed, code, signal }: Error & { killed?: boolean; code?: unknown; signal?: unknown }): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it printed more than ${COMMAND_OUTPUT_LIMIT_BYTES} bytes`;
  if (killed === true) return `it took longer than ${COMMAND_DEADLINE_MS / 1000} s`;
  return `it ended with ${String(code ?? signal)}`;
}
