import { createHash } from 'node:crypto';
import { SecretsError } from './error.ts';

export interface SecretsKey {
  /** First 8 bytes of a SHA-256 over the key, hex. Nobody can guess 256 random bits, so it tells nothing of them. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

const KEY_BYTES = 32;
/** A change of keys needs two; more are left over from changes that were not finished. */
const KEYS_LIMIT = 8;

export function secretsKeyOf(bytes: Uint8Array): SecretsKey {
  const id = createHash('sha256').update('thimble secrets key\0').update(bytes).digest('hex').slice(0, 16);
  return { id, bytes };
}

export function newSecretsKey(random: (sizeBytes: number) => Uint8Array): SecretsKey {
  return secretsKeyOf(random(KEY_BYTES));
}

/**
 * Keys as 32 bytes in base64 each, separated by white space or commas.
 *
 * @param source Where the text came from, for the message; the text itself is never shown.
 * @throws SecretsError `bad-secrets-key`
 */
export function parseSecretsKeys(text: string, source: string): readonly [SecretsKey, ...SecretsKey[]] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const [first, ...others] = words.map((word) => {
    const bytes = Buffer.from(word, 'base64');
    if (!/^[A-Za-z0-9+/]{43}=$/.test(word) || bytes.length !== KEY_BYTES) throw badKey(source);
    return secretsKeyOf(bytes);
  });
  if (first === undefined || words.length > KEYS_LIMIT) throw badKey(source);
  return [first, ...others];
}

export function printSecretsKeys(keys: readonly SecretsKey[]): string {
  return keys.map(({ bytes }) => `${Buffer.from(bytes).toString('base64')}\n`).join('');
}

function badKey(source: string): SecretsError {
  return new SecretsError(
    'bad-secrets-key',
    `${source} does not hold a key for secrets: 32 random bytes in base64, as \`openssl rand -base64 32\` makes them, at most ${KEYS_LIMIT} of them.`,
  );
}
