import { config, enums, type Config } from 'openpgp';
import { SIGNATURE_LIMITS } from './limits.ts';

/**
 * What openpgp.js is told to insist on. Key signatures with SHA-1 still count, as they do for GnuPG: many vendors' keys are from
 * that time, and people approve the key by its fingerprint, not by who certified it. Signatures over content with SHA-1 don't.
 */
export const POLICY: Config = {
  ...config,
  minRSABits: SIGNATURE_LIMITS.rsaBits,
  rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd]),
  rejectMessageHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1]),
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.elgamal, enums.publicKey.dsa]),
  // A keyring may have keys that this library does not know: the others still count.
  ignoreUnsupportedPackets: true,
  ignoreMalformedPackets: true,
};

/** Names by number, RFC 9580 clause 9.5; null: sound. */
export function weakHashName(algorithm: number | null): string | null {
  switch (algorithm) {
    case enums.hash.md5:
      return 'MD5';
    case enums.hash.sha1:
      return 'SHA-1';
    case enums.hash.ripemd:
      return 'RIPEMD-160';
    default:
      return null;
  }
}
