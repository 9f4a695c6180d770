import type { KeyObject } from 'node:crypto';

/** The Ed25519 key with which the server signs orders. */
export interface OrderKey {
  /** SHA-256 of the public key's SPKI DER, lower-case hex. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
