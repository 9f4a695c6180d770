import { Type, type Static } from 'typebox';
import { Sha256, Uuid } from '../fields.ts';
import { Envelope } from '../orders/index.ts';

export const NEW_KEY_PAYLOAD_TYPE = 'application/vnd.thimble.endpoint-key+json';

/** What an endpoint signs with its new key: that it holds it, and for which endpoint and instead of which key it is. */
export const NewKeyStatement = Type.Object({
  format: Type.Literal(1),
  kind: Type.Literal('endpoint-key'),
  endpointId: Uuid,
  /** Thumbprint of the present key. */
  instead: Sha256,
  /** Ed25519, raw 32 bytes, base64url without padding. */
  publicKey: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
});
export type NewKeyStatement = Static<typeof NewKeyStatement>;

/**
 * The request is signed with the present key, the statement in it with the new one. 409 `key-taken`: another key is
 * needed. Until the new key was used for POST /key/confirm, the present one holds.
 */
export const OfferKeyRequest = Type.Object({
  statement: Envelope,
  /** As in a check-in: of two machines with the same key only the one that is to keep it may change it. */
  bootId: Type.String({ maxLength: 512 }),
});
export type OfferKeyRequest = Static<typeof OfferKeyRequest>;
