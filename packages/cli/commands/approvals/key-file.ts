import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { generateSigningKey, type SigningKey, signingKeyFromPem, signingKeyToPem } from '@thimble/protocol/signing';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { CliError } from '../../cli-error.ts';

/** An approver's key in a file: the PEM is sealed with AES-256-GCM under scrypt of a passphrase (RFC 7914). */
const KeyFile = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal('thimble-approver-key'),
  /** Raw, base64url: not secret, and checked against what is sealed. */
  publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  salt: Type.String({ maxLength: 64 }),
  nonce: Type.String({ maxLength: 64 }),
  sealed: Type.String({ maxLength: 4096 }),
});
type KeyFile = Static<typeof KeyFile>;

/** OWASP's minimum for scrypt (N = 2^17, r = 8, p = 1): 128 MiB and a few tenths of a second for each guess. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 } as const;
const MAX_BYTES = 16 * 1024;
const TAG_BYTES = 16;

/** Writes a new key, never over something. @returns its public half */
export async function createKeyFile(path: string, passphrase: string): Promise<SigningKey> {
  const key = generateSigningKey();
  const salt = randomBytes(16);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, SCRYPT), nonce);
  cipher.setAAD(Buffer.from(key.publicKey));
  const sealed = Buffer.concat([cipher.update(signingKeyToPem(key)), cipher.final(), cipher.getAuthTag()]);
  const file: KeyFile = {
    format: 1,
    kind: 'thimble-approver-key',
    publicKey: key.publicKey,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    sealed: sealed.toString('base64'),
  };
  const handle = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(
      'key-file',
      `${path} can't be written: ${cause.code === 'EEXIST' ? 'it is there already' : cause.message}`,
      { cause },
    );
  });
  try {
    await handle.writeFile(`${JSON.stringify(file, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return key;
}

/** What a key file says of itself, which needs no passphrase. @throws CliError `key-file` */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true || found.size > MAX_BYTES) throw notKey(path);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw notKey(path);
  }
  if (!Value.Check(KeyFile, value)) throw notKey(path);
  return value;
}

/** @throws CliError `passphrase` when it is another one, or the file was changed */
export function openKeyFile(file: KeyFile, passphrase: string): SigningKey {
  const sealed = Buffer.from(file.sealed, 'base64');
  const derived = scryptSync(passphrase, Buffer.from(file.salt, 'base64'), 32, SCRYPT);
  try {
    const decipher = createDecipheriv('aes-256-gcm', derived, Buffer.from(file.nonce, 'base64'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(file.publicKey));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const pem = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
    return signingKeyFromPem(pem.toString('utf8'));
  } catch (cause) {
    throw new CliError('passphrase', 'this is not the passphrase of the key, or the file was changed', { cause });
  }
}

function notKey(path: string): CliError {
  return new CliError('key-file', `${path} is no approver's key`, {
    hint: 'Make one with: thimble approve keygen FILE',
  });
}
