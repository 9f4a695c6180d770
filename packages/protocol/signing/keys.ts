import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The raw 32 bytes of an Ed25519 public key, base64url without padding (RFC 8037 `x`). */
export type RawPublicKey = string;

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: RawPublicKey;
  readonly keyid: string;
}

export class KeyError extends Error {
  readonly code = 'bad-key';
}

/** What names a key: SHA-256 of its raw bytes, lower-case hexadecimal. */
export function keyThumbprint(publicKey: RawPublicKey): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
}

export function generateSigningKey(): SigningKey {
  return describe(generateKeyPairSync('ed25519').privateKey);
}

/** PKCS #8 PEM, to be kept in a file that only its owner can read. */
export function signingKeyToPem(key: SigningKey): string {
  return key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @throws KeyError when the text is not an Ed25519 private key. */
export function signingKeyFromPem(pem: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new KeyError('not a private key in PEM form', { cause });
  }
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new KeyError(`an Ed25519 key is needed, not ${privateKey.asymmetricKeyType}`);
  return describe(privateKey);
}

/** @throws KeyError when it is not 32 bytes in base64url. */
export function verifyingKey(publicKey: RawPublicKey): KeyObject {
  if (!/^[A-Za-z0-9_-]{43}$/.test(publicKey)) throw new KeyError('an Ed25519 public key has 32 bytes');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
}

function describe(privateKey: KeyObject): SigningKey {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new KeyError('the key has no public part');
  return { privateKey, publicKey: x, keyid: keyThumbprint(x) };
}
