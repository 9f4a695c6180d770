import {
  AGENT_API,
  canonicalJson,
  NEW_KEY_PAYLOAD_TYPE,
  type NewKeyStatement,
  type OfferKeyRequest,
} from '@thimble/protocol';
import { signEnvelope, type SigningKey } from '@thimble/protocol/signing';
import { ServerFailure } from '../connection/server-failure.ts';
import type { SignedRequests } from '../connection/signed-requests.ts';
import type { KeyExchange } from './change-key.ts';

const DEADLINE_MS = 30_000;
const MAX_REPLY_BYTES = 64 * 1024;

/** @param signedWith sends requests that another key than the present one signs. */
export function createKeyExchange(
  endpointId: string,
  bootId: () => Promise<string>,
  signedWith: (key: SigningKey) => SignedRequests,
): KeyExchange {
  /** @returns false for the refusal that is an answer. */
  async function post(key: SigningKey, target: string, value: unknown, no: string): Promise<boolean> {
    try {
      await signedWith(key).send({
        lane: 'main',
        method: 'POST',
        target: `${AGENT_API}${target}`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: value === null ? new Uint8Array() : Buffer.from(JSON.stringify(value)),
        deadlineMs: DEADLINE_MS,
        maxReplyBytes: MAX_REPLY_BYTES,
      });
      return true;
    } catch (error) {
      if (error instanceof ServerFailure && error.problem?.code === no) return false;
      throw error;
    }
  }

  return {
    offer: async (present, next) => {
      const claim: NewKeyStatement = {
        format: 1,
        kind: 'endpoint-key',
        endpointId,
        instead: present.keyid,
        publicKey: next.publicKey,
      };
      const statement = signEnvelope(NEW_KEY_PAYLOAD_TYPE, Buffer.from(canonicalJson(claim)), [next]);
      const request: OfferKeyRequest = { statement, bootId: await bootId() };
      return post(present, '/key', request, 'key-taken');
    },
    confirm: (next) => post(next, '/key/confirm', null, 'unknown-endpoint'),
  };
}
