import { ContentFault } from '@thimble/content';
import type { ConfiguredRepository, Keyring } from '@thimble/protocol';
import { type PublicKey, readPublicKeys } from './public-key.ts';

/** Keyrings remembered by digest, parsed: a fleet has a few dozen different ones of up to a hundred kilobytes. */
const REMEMBERED = 500;

const remembered = new Map<string, Promise<readonly PublicKey[]>>();

/** The keys of a file that an endpoint has; none when it can't be read: such a file makes nothing acceptable there either. */
export async function keysOf({ sha256, path, material }: Keyring): Promise<readonly PublicKey[]> {
  // An RSA key's name is its file's, so it belongs to what is remembered.
  const name = `${sha256} ${path}`;
  let keys = remembered.get(name);
  if (keys === undefined) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    const bytes = Buffer.from(material, 'base64');
    keys = looksLikeKeys(bytes)
      ? readPublicKeys(bytes, path).catch((error: unknown) => {
          if (error instanceof ContentFault) return [];
          throw error;
        })
      : Promise.resolve([]);
    remembered.set(name, keys);
  }
  return keys;
}

/** A packet's first byte has its highest bit set (RFC 9580 clause 4.2), armour begins with hyphens. Megabytes of anything else take long. */
function looksLikeKeys(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 0x80) !== 0 || Buffer.from(bytes.subarray(0, 65_536)).includes('-----BEGIN ');
}

/** Which of the keys in its files an endpoint accepts for a repository (`Signed-By` may name some). */
export function accepted(
  { fingerprints }: Pick<ConfiguredRepository, 'fingerprints'>,
  keys: readonly PublicKey[],
): readonly PublicKey[] {
  if (fingerprints.length === 0) return keys;
  return keys.filter(({ fingerprint, keyId }) =>
    fingerprints.some((named) => fingerprint === named || (named.length === 16 && keyId === named)),
  );
}
