import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type SigningKey, generateSigningKey, signingKeyFromPem, signingKeyToPem } from '@thimble/protocol/signing';
import { readIfPresent, writePrivateFile } from '../tls/index.ts';

/**
 * `order-key` signs orders: endpoints pin its public half when they enrol. `log-key` signs checkpoints of the evidence:
 * auditors keep its public half. Losing one means that all of them have to be told of another.
 */
export type KeyName = 'order-key' | 'log-key';

export class ServerKeyError extends Error {
  readonly code: `${KeyName}-missing` | `${KeyName}-differs`;
  constructor(code: ServerKeyError['code'], message: string) {
    super(message);
    this.name = 'ServerKeyError';
    this.code = code;
  }
}

/**
 * A key of this server: made once and then only read.
 *
 * @param given File from the settings; without it DATA/keys/NAME.pem.
 * @throws KeyError for a file that is not an Ed25519 key, ServerKeyError when the given file does not exist.
 */
export async function loadSigningKey(
  name: KeyName,
  dataDirectory: string,
  given: string | undefined,
): Promise<SigningKey> {
  const directory = join(dataDirectory, 'keys');
  const path = given ?? join(directory, `${name}.pem`);
  const pem = await readIfPresent(path);
  if (pem !== undefined) return signingKeyFromPem(pem);
  if (given !== undefined)
    throw new ServerKeyError(`${name}-missing`, `the ${name.replace('-', ' ')} ${given} does not exist`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = generateSigningKey();
  await writePrivateFile(path, signingKeyToPem(key));
  return key;
}
