import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { ApproverKey } from '@thimble/protocol';
import { approverKeyid, approverKeyObject } from '@thimble/protocol/signing';
import { cose, decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

/** A passkey as it was registered for signing in. */
export interface RegisteredPasskey {
  readonly credential_id: string;
  readonly rp_id: string;
  /** COSE_Key (RFC 9052 section 7). */
  readonly public_key: Buffer;
}

/**
 * The same passkey as an approver's key: SubjectPublicKeyInfo, which endpoints understand without CBOR.
 *
 * @param publicUrl where the console is; a passkey of localhost is asked for there on the same port.
 * @returns null for a kind of key that approvers can't have
 */
export function passkeyKey(passkey: RegisteredPasskey, publicUrl: string): ApproverKey | null {
  const jwk = jwkOf(passkey.public_key);
  if (jwk === null) return null;
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    .export({ format: 'der', type: 'spki' })
    .toString('base64url');
  const key: ApproverKey = {
    kind: 'passkey',
    keyid: approverKeyid(publicKey),
    publicKey,
    credentialId: passkey.credential_id,
    rpId: passkey.rp_id,
    origins: originsOf(passkey.rp_id, new URL(publicUrl)),
  };
  return isUsable(key) ? key : null;
}

function jwkOf(bytes: Buffer): JsonWebKey | null {
  const key = decodeCredentialPublicKey(Uint8Array.from(bytes));
  const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString('base64url');
  if (cose.isCOSEPublicKeyEC2(key))
    return {
      kty: 'EC',
      crv: 'P-256',
      x: text(key.get(cose.COSEKEYS.x)),
      y: text(key.get(cose.COSEKEYS.y)),
    };
  if (cose.isCOSEPublicKeyOKP(key)) return { kty: 'OKP', crv: 'Ed25519', x: text(key.get(cose.COSEKEYS.x)) };
  if (cose.isCOSEPublicKeyRSA(key))
    return { kty: 'RSA', n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) };
  return null;
}

function originsOf(rpId: string, console: URL): string[] {
  if (rpId === console.hostname && rpId !== 'localhost') return [console.origin];
  return [`http://${rpId}:${console.port}`, `https://${rpId}:${console.port}`];
}

function isUsable(key: ApproverKey): boolean {
  try {
    approverKeyObject(key);
    return true;
  } catch {
    return false;
  }
}
