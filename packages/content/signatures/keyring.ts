import { readKeys, type Key } from 'openpgp';
import { ContentFault } from '../model/index.ts';
import { dearmor, isArmored } from './armor.ts';
import { SIGNATURE_LIMITS } from './limits.ts';
import { POLICY } from './policy.ts';

/** A public key as people see it before they approve it. */
export interface KeyringKey {
  /** Of the primary key, upper-case hex. */
  readonly fingerprint: string;
  /** Upper-case hex, 16 digits. */
  readonly keyId: string;
  readonly userIds: readonly string[];
  readonly createdAt: Date;
  /** null: never. A key without a valid signature of its own counts as expired when it was created. */
  readonly expiresAt: Date | null;
  readonly revoked: boolean;
  /** As openpgp.js names it: `rsaEncryptSign`, `eddsaLegacy`, `ecdsa` ... */
  readonly algorithm: string;
  /** null where the algorithm fixes it. */
  readonly bits: number | null;
  /** This key alone, binary. */
  readonly material: Uint8Array;
}

/**
 * The keys of a keyring file: binary or armoured, one or many, as they are in /usr/share/keyrings, /etc/apt/keyrings and rpm-gpg.
 *
 * @throws ContentFault `malformed`, `too-large`, `unsupported` (GnuPG's own keybox)
 */
export async function readKeyring(bytes: Uint8Array, name = 'keyring'): Promise<readonly KeyringKey[]> {
  const keys = await parseKeys(bytes, name);
  return Promise.all(keys.map((key) => describeKey(key)));
}

/** @throws ContentFault as `readKeyring` */
export async function parseKeys(bytes: Uint8Array, name: string): Promise<readonly Key[]> {
  if (bytes.length > SIGNATURE_LIMITS.keyringBytes)
    throw new ContentFault('too-large', `${name} is larger than ${SIGNATURE_LIMITS.keyringBytes} bytes`);
  const keys: Key[] = [];
  for (const block of publicKeyBlocks(bytes, name)) {
    try {
      keys.push(...(await readKeys({ binaryKeys: block, config: POLICY })));
    } catch (error) {
      throw new ContentFault('malformed', `${name} has no OpenPGP keys that can be read`, { cause: error });
    }
    if (keys.length > SIGNATURE_LIMITS.keys)
      throw new ContentFault('too-large', `${name} has more than ${SIGNATURE_LIMITS.keys} keys`);
  }
  if (keys.length === 0) throw new ContentFault('malformed', `${name} has no OpenPGP key`);
  if (keys.some((key) => key.isPrivate()))
    throw new ContentFault(
      'malformed',
      `${name} has a private key: export the public one (gpg --export) and keep this one secret`,
    );
  return keys;
}

function publicKeyBlocks(bytes: Uint8Array, name: string): readonly Uint8Array[] {
  if (Buffer.from(bytes.subarray(8, 12)).toString('latin1') === 'KBXf')
    throw new ContentFault(
      'unsupported',
      `${name} is a keybox of GnuPG, which apt can't read either: use gpg --export`,
    );
  if (!isArmored(bytes)) return [bytes];
  const blocks = dearmor(Buffer.from(bytes).toString('latin1'), name);
  if (blocks.some((block) => block.type === 'PGP PRIVATE KEY BLOCK'))
    throw new ContentFault(
      'malformed',
      `${name} has a private key: export the public one (gpg --export) and keep this one secret`,
    );
  return blocks.filter((block) => block.type === 'PGP PUBLIC KEY BLOCK').map((block) => block.bytes);
}

async function describeKey(key: Key): Promise<KeyringKey> {
  const { algorithm, bits } = key.getAlgorithmInfo();
  const createdAt = key.getCreationTime();
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    keyId: key.getKeyID().toHex().toUpperCase(),
    userIds: key.getUserIDs(),
    createdAt,
    expiresAt: await expiry(key, createdAt),
    revoked: await isRevoked(key),
    algorithm,
    bits: bits ?? null,
    material: key.write(),
  };
}

async function expiry(key: Key, createdAt: Date): Promise<Date | null> {
  try {
    const at = await key.getExpirationTime(undefined, POLICY);
    if (at === null) return createdAt;
    return at instanceof Date ? at : null;
  } catch {
    // No signature of its own holds, so nothing says that it may be used.
    return createdAt;
  }
}

/** Whenever it was revoked, it is revoked: vendors say so by a new keyring, not by a date. */
async function isRevoked(key: Key): Promise<boolean> {
  const created = key.revocationSignatures.map((signature) => signature.created?.getTime() ?? 0);
  return key.isRevoked(undefined, undefined, new Date(Math.max(0, ...created)), POLICY);
}
