import type { NewsJudge } from '@thimble/agent-core';
import type { ApproverSet, Envelope, SignedStatement } from '@thimble/protocol';
import {
  approverSetFlaw,
  canonicalPayload,
  EnvelopeError,
  keyThumbprint,
  openEnvelope,
  sha256,
  verifyingKey,
  verifyStatement,
} from '@thimble/protocol/signing';
import { verifyingKeys } from '../orders/judge.ts';

/** The cryptography of judging news. */
export function createNewsJudge(identity: NewsJudge['identity'], hostNowMs: number): NewsJudge {
  return {
    identity,
    hostNowMs,
    openStatement,
    approverSetFlaw,
    openEnvelope(envelope, payloadType, keys) {
      if (envelope.payloadType !== payloadType) return null;
      const isSigned = isSignedBy(envelope, payloadType, verifyingKeys(keys));
      const payload = parse(Buffer.from(envelope.payload, 'base64'));
      return payload === null ? null : { value: payload.value, isSigned };
    },
    areOrderKeys: (keys) => keys.every(({ keyid, publicKey }) => keyid === thumbprint(publicKey)),
  };
}

/** What of a set there is to be held against where there is no set: nobody's signature counts. */
const NOBODY: Pick<ApproverSet, 'approvers'> = { approvers: [] };

export function openStatement(
  signed: SignedStatement,
  payloadType: string,
  set: Pick<ApproverSet, 'approvers'> | null,
): ReturnType<NewsJudge['openStatement']> {
  try {
    const { payload, signed: count } = verifyStatement(signed, payloadType, set ?? NOBODY);
    const parsed = canonicalPayload(payload);
    return parsed === null ? null : { value: parsed.value, sha256: sha256(payload), signed: count };
  } catch (error) {
    if (error instanceof EnvelopeError) return null;
    throw error;
  }
}

function isSignedBy(envelope: Envelope, payloadType: string, keys: ReturnType<typeof verifyingKeys>): boolean {
  try {
    openEnvelope(envelope, payloadType, keys);
    return true;
  } catch (error) {
    if (error instanceof EnvelopeError) return false;
    throw error;
  }
}

function parse(payload: Buffer): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(payload.toString('utf8')) };
  } catch {
    return null;
  }
}

function thumbprint(publicKey: string): string | null {
  try {
    verifyingKey(publicKey);
    return keyThumbprint(publicKey);
  } catch {
    return null;
  }
}
