import { createHash, sign, verify } from 'node:crypto';
import type { Approver, ApproverKey, ApproverSet, ApproverSignature, SignedStatement } from '../orders/approval.ts';
import { countSignatures, type SignatureCount } from '../orders/signature-demand.ts';
import { approverKeyObject } from './approver-key.ts';
import { EnvelopeError, preAuthenticationEncoding, strictBase64 } from './envelope.ts';
import type { SigningKey } from './keys.ts';
import { assertionHolds } from './passkey-assertion.ts';
import { strictBase64Url } from './strict-base64-url.ts';

/** What people compare before they sign: SHA-256 of the statement with its type (DSSE), lower-case hexadecimal. */
export function statementDigest(payloadType: string, payload: Uint8Array): string {
  return digest(payloadType, payload).toString('hex');
}

/** The same digest as the challenge that a passkey signs, base64url. */
export function statementChallenge(payloadType: string, payload: Uint8Array): string {
  return digest(payloadType, payload).toString('base64url');
}

/** The signature of a person with a key file. */
export function signStatement(payloadType: string, payload: Uint8Array, key: SigningKey): ApproverSignature {
  const signature = sign(null, preAuthenticationEncoding(payloadType, payload), key.privateKey).toString('base64url');
  return { kind: 'file', keyid: key.keyid, signature };
}

export interface VerifiedStatement {
  /** To be read only when enough people signed it. */
  readonly payload: Buffer;
  /** Different people of the set of whom a signature holds. */
  readonly approvers: readonly Pick<Approver, 'id' | 'name'>[];
  readonly signed: SignatureCount;
}

/**
 * Who of the set signed this. Signatures of others, and those that don't hold, count for nothing: whoever carries the
 * statement could add some. The set is one that `approverSetFlaw` finds sound.
 *
 * @throws EnvelopeError `malformed` for another payload type, or base64 that does not print back the same.
 */
export function verifyStatement(
  signed: SignedStatement,
  payloadType: string,
  set: Pick<ApproverSet, 'approvers'>,
): VerifiedStatement {
  if (signed.payloadType !== payloadType)
    throw new EnvelopeError('malformed', `payload type ${JSON.stringify(signed.payloadType)} is not ${payloadType}`);
  const payload = strictBase64(signed.payload);
  const signers = set.approvers.flatMap(({ id, name, keys }) => {
    const used = keys.filter((key) => signed.signatures.some((each) => holds(each, key, payloadType, payload)));
    const best = used.find(({ kind }) => kind === 'file') ?? used[0];
    return best === undefined ? [] : [{ id, name, kind: best.kind }];
  });
  return {
    payload,
    approvers: signers.map(({ id, name }) => ({ id, name })),
    signed: countSignatures(signers),
  };
}

function holds(signature: ApproverSignature, key: ApproverKey, payloadType: string, payload: Buffer): boolean {
  if (signature.keyid !== key.keyid) return false;
  if (signature.kind === 'passkey')
    return key.kind === 'passkey' && assertionHolds(signature, key, statementChallenge(payloadType, payload));
  const bytes = strictBase64Url(signature.signature);
  if (key.kind !== 'file' || bytes === null) return false;
  return verify(null, preAuthenticationEncoding(payloadType, payload), approverKeyObject(key), bytes);
}

function digest(payloadType: string, payload: Uint8Array): Buffer {
  return createHash('sha256').update(preAuthenticationEncoding(payloadType, payload)).digest();
}
