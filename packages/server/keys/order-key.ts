import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type SigningKey, generateSigningKey, signingKeyFromPem, signingKeyToPem } from '@thimble/protocol/signing';
import { readIfPresent, writePrivateFile } from '../tls/index.ts';

export class OrderKeyError extends Error {
  readonly code: 'order-key-missing' | 'order-key-differs';
  constructor(code: OrderKeyError['code'], message: string) {
    super(message);
    this.name = 'OrderKeyError';
    this.code = code;
  }
}

/**
 * The key that signs orders. Endpoints pin its public half when they enrol, so losing it means enrolling again: it is made
 * once and then only read.
 *
 * @param given File from the settings; without it DATA/keys/order-key.pem.
 * @throws KeyError for a file that is not an Ed25519 key, OrderKeyError when the given file does not exist.
 */
export async function loadOrderKey(dataDirectory: string, given: string | undefined): Promise<SigningKey> {
  const directory = join(dataDirectory, 'keys');
  const path = given ?? join(directory, 'order-key.pem');
  const pem = await readIfPresent(path);
  if (pem !== undefined) return signingKeyFromPem(pem);
  if (given !== undefined) throw new OrderKeyError('order-key-missing', `the order key ${given} does not exist`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = generateSigningKey();
  await writePrivateFile(path, signingKeyToPem(key));
  return key;
}
