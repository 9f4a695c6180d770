import { createHash, createPublicKey } from 'node:crypto';
import { ContentFault, readKeyring } from '@thimble/content';
import type { KeySummary } from '@thimble/protocol';

/** A public key, of either kind, before anybody approved it. */
export interface PublicKey {
  readonly kind: 'openpgp' | 'rsa';
  readonly fingerprint: string;
  /** openpgp: 16 digits. */
  readonly keyId: string | null;
  readonly userIds: readonly string[];
  readonly createdAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revoked: boolean;
  /** Why its algorithm or length does not do; null: it does. */
  readonly weakness: string | null;
  readonly material: Uint8Array;
  /** apk: the file's name, by which signatures name their key. */
  readonly name: string;
}

/** The same floor as for signatures (packages/content). */
const RSA_BITS = 2048;
/** With the line before it: RFC 7468 clause 2 allows text there. */
const PEM = /(?:^|([^\n]*)\n)(-----BEGIN (?:RSA )?PUBLIC KEY-----[^-]+-----END (?:RSA )?PUBLIC KEY-----)/g;
/** How apk names its keys. */
const KEY_FILE = /([\w.@+-]{1,200}\.rsa\.pub)\s*$/;

/**
 * The keys in a file: OpenPGP (binary, armoured, several) or RSA in PEM.
 *
 * A PEM block's file name, by which apk's signatures name their key, may stand on the line before it.
 *
 * @param path of the file, for messages and for that name
 * @throws ContentFault `malformed`, `too-large`, `unsupported`
 */
export async function readPublicKeys(bytes: Uint8Array, path: string): Promise<readonly PublicKey[]> {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = [...text.matchAll(PEM)];
  if (blocks.length > 0)
    return blocks.map(([, before = '', block = '']) => rsaKey(block, keyFileName(before) ?? keyFileName(path) ?? ''));
  return (await readKeyring(bytes, path)).map(({ algorithm, bits, ...key }): PublicKey => ({
    ...key,
    kind: 'openpgp',
    name: '',
    weakness: weaknessOf(algorithm, bits),
  }));
}

function weaknessOf(algorithm: string, bits: number | null): string | null {
  if (/^(dsa|elgamal)/i.test(algorithm)) return `${algorithm} is an algorithm that is not trusted any more`;
  if (/^rsa/i.test(algorithm) && (bits ?? 0) < RSA_BITS) return `RSA with ${bits} bits can be broken`;
  return null;
}

function keyFileName(text: string): string | null {
  return KEY_FILE.exec(text)?.[1] ?? null;
}

function rsaKey(pem: string, name: string): PublicKey {
  try {
    const key = createPublicKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== 'rsa') throw new Error(`it is ${key.asymmetricKeyType}`);
    return {
      kind: 'rsa',
      fingerprint: createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
      keyId: null,
      userIds: name === '' ? [] : [name],
      createdAt: null,
      expiresAt: null,
      revoked: false,
      weakness: bits < RSA_BITS ? `RSA with ${bits} bits can be broken` : null,
      material: Buffer.from(pem),
      name,
    };
  } catch (error) {
    throw new ContentFault('malformed', `the PEM block ${name} is no RSA public key`, { cause: error });
  }
}

/** Why a key can't be approved at this time; empty: it can. */
export function problemOf(
  { revoked, weakness, expiresAt }: Pick<PublicKey, 'revoked' | 'weakness' | 'expiresAt'>,
  now: Date,
): string {
  if (revoked) return 'Its owner revoked it.';
  if (weakness !== null) return `${weakness}.`;
  if (expiresAt !== null && expiresAt <= now) return `It expired on ${expiresAt.toISOString().slice(0, 10)}.`;
  return '';
}

export function summariseKey(key: PublicKey, now: Date): KeySummary {
  return {
    kind: key.kind,
    fingerprint: key.fingerprint,
    userIds: key.userIds.slice(0, 64).map((id) => id.slice(0, 512)),
    createdAt: key.createdAt?.toISOString() ?? null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    problem: problemOf(key, now),
  };
}

/** As fingerprints are compared: without spaces and `0x`; OpenPGP's in upper case, an RSA key's SHA-256 in lower. */
export function normalFingerprint(text: string): string {
  const digits = text.replace(/\s|:/g, '').replace(/^0x/i, '');
  return digits.length === 64 ? digits.toLowerCase() : digits.toUpperCase();
}
