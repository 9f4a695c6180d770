import type { KeyObject } from 'node:crypto';
import { judgeOpened, type JudgedBy, type Verdict } from '@thimble/agent-core';
import { ORDER_PAYLOAD_TYPE, Order, type Envelope, type OrderKey } from '@thimble/protocol';
import { EnvelopeError, openEnvelope, transactionSha256, verifyingKey } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';

export interface Judge extends Omit<JudgedBy, 'digestOf'> {
  readonly keys: ReadonlyMap<string, KeyObject>;
}

export function verifyingKeys(keys: readonly OrderKey[]): ReadonlyMap<string, KeyObject> {
  return new Map(keys.map(({ keyid, publicKey }) => [keyid, verifyingKey(publicKey)]));
}

/** What to do with an envelope. The signature is checked before anything of the payload is read. */
export function judgeOrder(envelope: Envelope, judge: Judge): Verdict {
  let payload: Buffer;
  try {
    payload = openEnvelope(envelope, ORDER_PAYLOAD_TYPE, judge.keys);
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return { kind: 'reject', why: error.code, message: error.message };
  }
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return { kind: 'reject', why: 'malformed', message: 'a signed order is not JSON' };
  }
  return judgeOpened(value, { ...judge, digestOf: transactionSha256 });
}

/** Opens an order that was accepted before and comes from this endpoint's own disk. */
export function reopenOrder(envelope: Envelope, keys: ReadonlyMap<string, KeyObject>): Order | null {
  try {
    const value: unknown = JSON.parse(openEnvelope(envelope, ORDER_PAYLOAD_TYPE, keys).toString('utf8'));
    return Value.Check(Order, value) ? value : null;
  } catch {
    return null; // Edited on the disk: the caller ends the order.
  }
}
