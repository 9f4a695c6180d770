import { sign, verify, type KeyObject } from 'node:crypto';
import type { Envelope } from '../orders/order.ts';
import type { SigningKey } from './keys.ts';

export class EnvelopeError extends Error {
  readonly code: 'bad-signature' | 'malformed';
  constructor(code: EnvelopeError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Pre-authentication encoding (DSSE protocol v1): what is signed binds the type to the payload. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

export function signEnvelope(payloadType: string, payload: Uint8Array, keys: readonly SigningKey[]): Envelope {
  const signed = preAuthenticationEncoding(payloadType, payload);
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: keys.map((key) => ({ keyid: key.keyid, sig: sign(null, signed, key.privateKey).toString('base64') })),
  };
}

/**
 * The payload of an envelope that at least one of the given keys signed. Only then may the payload be parsed.
 *
 * @throws EnvelopeError `malformed` for another payload type or base64 that does not print back the same,
 *   `bad-signature` when no given key's signature holds.
 */
export function openEnvelope(envelope: Envelope, payloadType: string, trusted: ReadonlyMap<string, KeyObject>): Buffer {
  if (envelope.payloadType !== payloadType)
    throw new EnvelopeError('malformed', `payload type ${JSON.stringify(envelope.payloadType)} is not ${payloadType}`);
  const payload = strictBase64(envelope.payload);
  const signed = preAuthenticationEncoding(payloadType, payload);
  for (const { keyid, sig } of envelope.signatures) {
    const key = trusted.get(keyid);
    if (key !== undefined && verify(null, signed, key, strictBase64(sig))) return payload;
  }
  throw new EnvelopeError('bad-signature', 'no trusted key signed this');
}

/** Node's decoder skips what is not base64; here two texts must never mean the same bytes. @throws EnvelopeError `malformed` */
export function strictBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new EnvelopeError('malformed', 'not canonical base64');
  return bytes;
}
