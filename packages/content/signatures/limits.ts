/** What is read of keys and signatures. The largest seen in the wild is beside each. */
export const SIGNATURE_LIMITS = {
  /** All of Debian's archive keys: 60 kB; a desktop user's whole keyring: 1 MB. */
  keyringBytes: 4 * 1024 * 1024,
  /** Keys of one keyring; Debian's has 13. */
  keys: 256,
  /** A signed text: Ubuntu's InRelease has 0.3 MB, the largest third-party one seen 3 MB. */
  textBytes: 32 * 1024 * 1024,
  /** An armoured signature by three RSA keys has 2.5 kB. */
  signatureBytes: 256 * 1024,
  /** Debian signs with three keys. Each signature costs one pass over the text. */
  signatures: 16,
  /** Below this, keys can be broken; GnuPG's own floor for new keys is the same. */
  rsaBits: 2048,
  /** How far a signer's clock may be ahead of ours. */
  clockAheadMs: 10 * 60 * 1000,
} as const;
