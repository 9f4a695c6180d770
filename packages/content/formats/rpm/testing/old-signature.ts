import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readKey } from 'openpgp';

export interface OldSignatureSettings {
  readonly hash?: 'sha1' | 'sha256';
  readonly signedAt?: Date;
  readonly keyId?: string;
  /** RFC 4880 clause 5.2.1: 0 binary, 1 text. */
  readonly type?: number;
  /** Signed in place of what should be. */
  readonly content?: string;
}

const HASH_NUMBER = { sha1: 2, sha256: 8 } as const;

/** An OpenPGP signature packet of version 3 (RFC 4880 clause 5.2.2), which no GnuPG of today makes. */
export async function signOldStyle(
  content: Uint8Array,
  secretKey: Uint8Array,
  settings: OldSignatureSettings = {},
): Promise<Uint8Array> {
  const { hash = 'sha256', signedAt = new Date(), type = 0 } = settings;
  const key = await readKey({ binaryKey: secretKey });
  const trailer = Buffer.alloc(5);
  trailer.writeUInt8(type);
  trailer.writeUInt32BE(Math.floor(signedAt.getTime() / 1000), 1);
  const signed = Buffer.concat([settings.content === undefined ? content : Buffer.from(settings.content), trailer]);
  const value = withoutZeros(sign(hash, signed, privateKey(key.keyPacket)));
  const bits = value.length * 8 - Math.clz32(value[0] ?? 0) + 24;
  const body = Buffer.concat([
    Buffer.from([3, 5]),
    trailer,
    Buffer.from(settings.keyId ?? key.getKeyID().toHex(), 'hex'),
    Buffer.from([1, HASH_NUMBER[hash]]),
    createHash(hash).update(signed).digest().subarray(0, 2),
    Buffer.from([bits >> 8, bits & 0xff]),
    value,
  ]);
  return Buffer.concat([Buffer.from([0x89, body.length >> 8, body.length & 0xff]), body]);
}

function withoutZeros(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(start);
}

/** RFC 4880 clause 5.5.3 has u = p⁻¹ mod q, a JWK has qi = q⁻¹ mod p: the primes change places. */
function privateKey(packet: object): KeyObject {
  const { publicParams: open, privateParams: secret } = packet as {
    readonly publicParams: Readonly<Record<'n' | 'e', Uint8Array>>;
    readonly privateParams: Readonly<Record<'d' | 'p' | 'q' | 'u', Uint8Array>>;
  };
  const exponent = (prime: Uint8Array): Uint8Array => bytesOf(numberOf(secret.d) % (numberOf(prime) - 1n));
  const fields = {
    n: open.n,
    e: open.e,
    d: secret.d,
    p: secret.q,
    q: secret.p,
    dp: exponent(secret.q),
    dq: exponent(secret.p),
    qi: secret.u,
  };
  const base64 = Object.entries(fields).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64url')]);
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(base64) }, format: 'jwk' });
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(number: bigint): Uint8Array {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
