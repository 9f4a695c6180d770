import { createHash, verify } from 'node:crypto';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ApproverKey, ApproverSignature } from '../orders/approval.ts';
import { approverKeyObject } from './approver-key.ts';
import { strictBase64Url } from './strict-base64-url.ts';

type Passkey = Extract<ApproverKey, { kind: 'passkey' }>;
type Assertion = Extract<ApproverSignature, { kind: 'passkey' }>;

/** The members of CollectedClientData that are looked at (Web Authentication level 3, section 5.8.1). */
const ClientData = Type.Object({
  type: Type.String(),
  challenge: Type.String(),
  origin: Type.String(),
  crossOrigin: Type.Optional(Type.Boolean()),
  topOrigin: Type.Optional(Type.String()),
});

/** Section 6.1: rpIdHash (32), flags (1), signCount (4); then extensions when their flag says so. */
const HEAD_BYTES = 37;
const FLAG = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  credentialData: 0x40,
  extensions: 0x80,
} as const;

/**
 * Whether this passkey signed this challenge, with its person present and verified (section 7.2, steps 8 to 22). The
 * signature counter is not looked at: a verifier that keeps nothing between two signatures can't, and passkeys that are
 * synchronised have none.
 *
 * @param challenge base64url
 */
export function assertionHolds(assertion: Assertion, key: Passkey, challenge: string): boolean {
  const clientData = strictBase64Url(assertion.clientDataJson);
  const authenticatorData = strictBase64Url(assertion.authenticatorData);
  const signature = strictBase64Url(assertion.signature);
  if (clientData === null || authenticatorData === null || signature === null) return false;
  if (!saysIt(clientData, key.origins, challenge) || !isPresent(authenticatorData, key.rpId)) return false;
  const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
  const publicKey = approverKeyObject(key);
  // Ed25519 hashes by itself; ES256 is ASN.1 DER (section 6.5.5) and RS256 is PKCS #1 v1.5, Node's defaults for these keys.
  return verify(publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, publicKey, signature);
}

function saysIt(bytes: Buffer, origins: readonly string[], challenge: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return false;
  }
  if (!Value.Check(ClientData, value)) return false;
  // In a frame of somebody else's page nobody sees what is signed.
  const own = value.crossOrigin !== true && value.topOrigin === undefined;
  return value.type === 'webauthn.get' && value.challenge === challenge && origins.includes(value.origin) && own;
}

function isPresent(data: Buffer, rpId: string): boolean {
  if (data.byteLength < HEAD_BYTES) return false;
  if (!createHash('sha256').update(rpId).digest().equals(data.subarray(0, 32))) return false;
  const flags = data[32] ?? 0;
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (!has(FLAG.userPresent) || !has(FLAG.userVerified)) return false;
  if (has(FLAG.backedUp) && !has(FLAG.backupEligible)) return false;
  // Credential data belong to registrations (section 6.3.3, step 10).
  return !has(FLAG.credentialData) && has(FLAG.extensions) === data.byteLength > HEAD_BYTES;
}
